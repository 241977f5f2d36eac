// jsCAT behind the benchmark's interface: one JSON request a line on stdin, one answer a line on stdout.
// The first line is the bank {a, b}; then {"start": true}, or {"item": i, "right": 0 or 1}, each answered by
// {"next": i, "theta": θ, "se": s, "ns": time of the update, the estimate and the choice}.
import { createInterface } from "node:readline";
import { Cat } from "@bdelab/jscat";

let bank, cat, remaining;

function choose() {
  const { nextStimulus, remainingStimuli } = cat.findNextItem(remaining, "MFI", false);
  remaining = remainingStimuli;
  return nextStimulus.id;
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.a) {
    bank = request.a.map((a, id) => ({ id, a, b: request.b[id], c: 0, d: 1 }));
    console.log("{}");
    continue;
  }
  const before = process.hrtime.bigint();
  if (request.start) {
    cat = new Cat({ method: "EAP", itemSelect: "MFI", priorDist: "norm", priorPar: [0, 1] });
    remaining = bank.slice();
  } else {
    const { a, b, c, d } = bank[request.item];
    cat.updateAbilityEstimate({ a, b, c, d }, request.right);
  }
  const next = choose();
  const ns = Number(process.hrtime.bigint() - before);
  console.log(JSON.stringify({ next, theta: cat.theta, se: cat.seMeasurement, ns }));
}
