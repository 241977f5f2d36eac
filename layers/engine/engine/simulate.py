"""Play pupils through a scheme and see how it does: ``python -m engine.simulate --help``.

Writes ``pupils.csv`` (one line per pupil), ``summary.json`` and ``report.html`` (plots of bias, error, exposure and length)
into a folder. What is compared is an ability for the schemes that measure one, and pix for those that give a profile. For
``bayes`` the report also shows how near each question comes to the capacity of the noisy channel.

``python -m engine.simulate bars`` plays the pupils of :mod:`engine.positioning_bars` instead, says of every bar of the Bayesian
positioning whether it holds, and ends with status 1 when one does not.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from engine import adaptive, bayes_positioning, certification_profile, jalon_2pl, positioning, positioning_bars
from engine.chance import Chance
from engine.content import Release
from engine.errors import InvalidContentError
from engine.exposure import exposure
from engine.grading import Result
from engine.knowledge import Element, Knowledge, elements_of
from engine.noisy_channel import capacity
from engine.packing import Answered, Question
from engine.report import write_bars, write_report
from engine.scoring import profile_of
from engine.synthetic import Pupil, draw_pupil, root_mean_square, synthetic_release
from engine.tube_levels import noise_of


@dataclass(frozen=True, slots=True)
class Played:
    """One pupil's test: ``truth`` and ``estimate`` in the unit of the scheme; ``error`` is the one it states, if any.

    ``information`` holds, for each question of a scheme that weighs it, its number (from 1, in each competence anew), what it was
    expected to tell and the most that any question of its kind can, both in bits.
    """

    pupil: int
    theta: float
    truth: float
    estimate: float
    error: float | None
    length: int
    status: str
    challenges: tuple[int, ...]
    information: tuple[tuple[int, float, float], ...] = ()


Player = Callable[[Release, Pupil, bytes, int], Played]


def _answer_all(release: Release, pupil: Pupil, seed: bytes, choose: Callable[[list[Answered]], Question | None]) -> list[Answered]:
    chance, answers = Chance(seed, "answers"), list[Answered]()
    while (question := choose(answers)) is not None:
        right = chance.uniform() < pupil.chance_of(release, question.challenge_index)
        result = Result.OK if right else Result.KO
        answers.append(Answered(question.challenge_index, question.variant_index, result, elapsed_ms=0, at=len(answers)))
    return answers


def _known(release: Release, pupil: Pupil) -> Knowledge:
    return Knowledge.of(Element(s.index, pupil.knows(release, s.index), direct=True, at=0) for s in release.skills)


def _play_positioning(release: Release, pupil: Pupil, seed: bytes, number: int) -> Played:
    """Every competence in turn by the classic rule; in pix."""
    knowledge, asked, nothing = Knowledge.of(), list[int](), Knowledge.of()

    def following(target: Sequence[int], own: bytes, given: list[Answered]) -> Question | None:
        return positioning.next_question(release, target, nothing, given, own, "fr")

    for competence in release.competences:
        target, own = release.competence_skills(competence.code), seed + competence.code.encode()
        answers = _answer_all(release, pupil, own, partial(following, target, own))
        knowledge = knowledge.updated(elements_of(release, target, nothing, answers))
        asked += [answered.challenge_index for answered in answers]
    return _positioned(release, pupil, number, knowledge, asked)


def _play_bayes(release: Release, pupil: Pupil, seed: bytes, number: int) -> Played:
    """Every competence in turn by the Bayesian rule; in pix."""
    knowledge, asked, nothing, information = Knowledge.of(), list[int](), Knowledge.of(), list[tuple[int, float, float]]()

    def following(target: Sequence[int], own: bytes, given: list[Answered]) -> Question | None:
        thought = bayes_positioning.deliberate(release, target, nothing, given, "fr")
        question = bayes_positioning.choose(release, thought, len(given), own, "fr")
        if question is not None:
            most = capacity(*noise_of(release.challenges[question.challenge_index]))
            information.append((len(given) + 1, thought.gain, most))
        return question

    for competence in release.competences:
        target, own = release.competence_skills(competence.code), seed + competence.code.encode()
        answers = _answer_all(release, pupil, own, partial(following, target, own))
        knowledge = knowledge.updated(bayes_positioning.elements_of(release, target, nothing, answers))
        asked += [answered.challenge_index for answered in answers]
    return replace(_positioned(release, pupil, number, knowledge, asked), information=tuple(information))


def _positioned(release: Release, pupil: Pupil, number: int, knowledge: Knowledge, asked: Sequence[int]) -> Played:
    truth, found = profile_of(release, _known(release, pupil)).pix, profile_of(release, knowledge).pix
    return Played(number, pupil.theta, truth, found, None, len(asked), "finished", tuple(asked))


def _play_profile(release: Release, pupil: Pupil, seed: bytes, number: int) -> Played:
    """The certification that confirms a true profile; in pix."""
    knowledge = _known(release, pupil)
    profile = profile_of(release, knowledge)
    if not profile.certifiable:
        return Played(number, pupil.theta, profile.pix, 0, None, 0, "not_certifiable", ())
    questions = certification_profile.draw(release, knowledge, (), seed, "fr")
    answers = _answer_all(release, pupil, seed, lambda given: questions[len(given)] if len(given) < len(questions) else None)
    marks = [certification_profile.Mark(answered.challenge_index, answered.result) for answered in answers]
    levels = {code: profile.competences[code] for code in profile.certifiable_competences}
    score = certification_profile.score(release, levels, marks)
    return Played(
        number, pupil.theta, profile.pix, score.pix, None, len(marks), score.status.value, tuple(q.challenge_index for q in questions)
    )


def _play_adaptive(release: Release, pupil: Pupil, seed: bytes, number: int) -> Played:
    """The published adaptive certification; the ability."""
    answers = _answer_all(release, pupil, seed, lambda given: adaptive.next_question(release, given, seed, "fr"))
    score = adaptive.score(release, answers, "fr")
    asked = tuple(answered.challenge_index for answered in answers)
    return Played(number, pupil.theta, pupil.theta, score.capacity.theta, score.capacity.error, len(asked), score.status.value, asked)


def _jalon_player(release: Release) -> Player:
    """Our own adaptive certification; the ability."""
    content = jalon_2pl.calibrated(release, "fr")

    def play(release: Release, pupil: Pupil, seed: bytes, number: int) -> Played:
        answers = _answer_all(release, pupil, seed, lambda given: jalon_2pl.next_question(content, given, seed))
        score = jalon_2pl.score(content, answers, seed)
        asked = tuple(answered.challenge_index for answered in answers)
        return Played(number, pupil.theta, pupil.theta, score.capacity.theta, score.capacity.error, len(asked), score.status.value, asked)

    return play


BARS: Final = "bars"
SCHEMES: dict[str, Callable[[Release], Player]] = {
    "positioning": lambda _: _play_positioning,
    "bayes": lambda _: _play_bayes,
    "profile": lambda _: _play_profile,
    "adaptive": lambda _: _play_adaptive,
    "jalon-2pl": _jalon_player,
}


def simulate(
    release: Release,
    scheme: str,
    pupils: int,
    *,
    mean: float = 0.0,
    deviation: float = 1.5,
    spread: float = 0.3,
    seed: bytes = b"simulate",
    progress: Callable[[int, int], None] = lambda *_: None,
) -> list[Played]:
    """Play ``pupils`` of N(mean, deviation²) through a scheme; the same arguments give the same result.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> tests = simulate(release, "profile", 2, mean=3.0)
    >>> [test.length for test in tests], tests == simulate(release, "profile", 2, mean=3.0)
    ([48, 48], True)
    """
    play, tests = SCHEMES[scheme](release), []
    for number in range(pupils):
        pupil = draw_pupil(release, Chance(seed, "pupil", number), mean=mean, deviation=deviation, spread=spread)
        tests.append(play(release, pupil, seed + number.to_bytes(4, "big"), number))
        progress(number + 1, pupils)
    return tests


def summary(release: Release, scheme: str, tests: Sequence[Played]) -> dict[str, object]:
    """The figures of a run, for ``summary.json`` and the report.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> figures = summary(release, "profile", simulate(release, "profile", 2, mean=3.0))
    >>> figures["pupils"], figures["unit"], figures["mean_length"]
    (2, 'pix', 48.0)
    """
    errors = [test.estimate - test.truth for test in tests]
    shares, overlap = exposure([test.challenges for test in tests], len(release.challenges))
    stated = [(test.error, gap) for test, gap in zip(tests, errors, strict=True) if test.error is not None]
    channel = _channel(tests) if any(test.information for test in tests) else {}
    return {
        "scheme": scheme,
        "release": release.version,
        "pupils": len(tests),
        "unit": "theta" if stated else "pix",
        "bias": sum(errors) / len(errors),
        "rmse": root_mean_square(errors),
        "mean_stated_error": sum(error for error, _ in stated) / len(stated) if stated else None,
        "coverage_95": sum(abs(gap) <= 1.96 * error for error, gap in stated) / len(stated) if stated else None,
        "mean_length": sum(test.length for test in tests) / len(tests),
        "max_exposure": max(shares),
        "overlap": overlap,
        "statuses": {status: sum(test.status == status for test in tests) for status in sorted({test.status for test in tests})},
        **channel,
    }


def _channel(tests: Sequence[Played]) -> dict[str, object]:
    """How near the questions came to the capacity of the channel (:func:`engine.noisy_channel.capacity`), a question on average."""
    bits = [(expected, most) for test in tests for _, expected, most in test.information]
    gained, possible = sum(expected for expected, _ in bits), sum(most for _, most in bits)
    return {
        "information_per_question_bits": gained / len(bits),
        "channel_capacity_bits": possible / len(bits),
        "share_of_capacity": gained / possible,
    }


def _by_number(tests: Sequence[Played]) -> list[tuple[int, float, float]]:
    """The mean (expected, capacity) of the first question, the second …, as far as a tenth of the most frequent goes."""
    bits: dict[int, list[tuple[float, float]]] = {}
    for number, expected, most in (row for test in tests for row in test.information):
        bits.setdefault(number, []).append((expected, most))
    rows = []
    for number, pairs in sorted(bits.items()):
        if 10 * len(pairs) >= len(bits[1]):
            rows.append((number, sum(expected for expected, _ in pairs) / len(pairs), sum(most for _, most in pairs) / len(pairs)))
    return rows


def write(folder: Path, release: Release, scheme: str, tests: Sequence[Played]) -> dict[str, object]:
    """Write the three files; returns the summary.

    >>> from engine.synthetic import synthetic_release
    >>> release = synthetic_release()
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     figures = write(Path(folder), release, "profile", simulate(release, "profile", 2, mean=3.0))
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['pupils.csv', 'report.html', 'summary.json']
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "pupils.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["pupil", "theta", "truth", "estimate", "error", "length", "status", "challenges"])
        for test in tests:
            shown = " ".join(release.challenges[index].id for index in test.challenges)
            rows.writerow([test.pupil, test.theta, test.truth, test.estimate, test.error, test.length, test.status, shown])
    figures = summary(release, scheme, tests)
    (folder / "summary.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    shares, _ = exposure([test.challenges for test in tests], len(release.challenges))
    points = [(test.theta, test.truth, test.estimate, test.length) for test in tests]
    (folder / "report.html").write_text(write_report(figures, points, shares, _by_number(tests)), encoding="utf-8")
    return figures


def _try_bars(options: argparse.Namespace) -> int:
    """Play the trials of the bars, write their two files, and say which bars hold."""
    whole, done = positioning_bars.TRIALS * options.pupils, 0

    def report() -> None:
        nonlocal done
        done += 1
        _show_progress("bars", done, whole)

    trials = positioning_bars.try_all(options.pupils, options.seed.encode(), report)
    bars = positioning_bars.bars_of(trials)
    figures = positioning_bars.as_figures(trials, bars)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "summary.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (options.out / "report.html").write_text(write_bars(options.pupils, trials, bars), encoding="utf-8")
    for bar in bars:
        print(f"{'holds ' if bar.holds else 'MISSED'} {bar.name}: {bar.measured:.3f} ({'≤' if bar.at_most else '≥'} {bar.limit:g})")
    print(f"report: {options.out / 'report.html'}", file=sys.stderr)
    print(json.dumps(figures, ensure_ascii=False))
    return 0 if all(bar.holds for bar in bars) else 1


def _show_progress(what: str, done: int, whole: int) -> None:
    if done == whole or done % max(1, whole // 50) == 0:
        print(f"\r{what}: {done} of {whole} pupils", end="\n" if done == whole else "", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its last line is the summary as JSON. The status is 0, or 1 when a bar is missed.

    >>> main(["nonsense"])
    Traceback (most recent call last):
        ...
    SystemExit: 2
    """
    parser = argparse.ArgumentParser(prog="python -m engine.simulate", description="Play simulated pupils through a scheme.")
    parser.add_argument("scheme", choices=sorted([*SCHEMES, BARS]), help=f"a scheme, or {BARS}: what the Bayesian positioning must do")
    parser.add_argument("--pupils", type=int, default=500)
    parser.add_argument("--out", type=Path, default=Path("simulation"), help="folder for the three files")
    parser.add_argument("--release", type=Path, help="a release's public.json.gz; a synthetic one when left out")
    parser.add_argument("--mean", type=float, default=0.0, help="mean ability, on the scale of the difficulties")
    parser.add_argument("--deviation", type=float, default=1.5, help="standard deviation of the abilities")
    parser.add_argument("--spread", type=float, default=0.3, help="standard deviation of a pupil's abilities between competences")
    parser.add_argument("--seed", default="simulate")
    options = parser.parse_args(arguments)
    if options.pupils < 1:
        parser.error("at least one pupil is needed")
    if options.scheme == BARS:
        return _try_bars(options)
    try:
        release = Release.from_bundles(options.release.read_bytes()) if options.release else synthetic_release()
    except (OSError, InvalidContentError) as error:
        parser.error(f"--release {options.release}: {error}")
    tests = simulate(
        release,
        options.scheme,
        options.pupils,
        mean=options.mean,
        deviation=options.deviation,
        spread=options.spread,
        seed=options.seed.encode(),
        progress=partial(_show_progress, options.scheme),
    )
    figures = write(options.out, release, options.scheme, tests)
    print(f"report: {options.out / 'report.html'}", file=sys.stderr)
    print(json.dumps(figures, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
