"""The emulated API described (OpenAPI 3.1), for each dialect: OME has no description of its own.

`schemas` says what bodies hold, `operations` what each route takes and answers, `document` puts them together; texts and statuses of
refusals are those that the API answers with.
"""
