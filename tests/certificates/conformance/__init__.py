"""Every rule of ISO 19005-3 (PDF/A-3, level A) and ISO 14289-1 (PDF/UA-1) that a printed certificate can break, over its raw objects.

Rules are named by their clause; those of PDF/UA also by the failure condition of the Matterhorn Protocol 1.02. What a certificate never
holds (images, forms, optional content, sounds …) is refused as such.
"""
