"""OME's configuration: one grammar, read from a Server.xml and from the bodies of the REST API alike.

`grammar.py` says what a grammar is, `scalars.py` how text becomes a value; `output_profile_grammar.py`, `application_grammar.py` and
`server_grammar.py` hold OME's. `xml_form.py` makes of XML the tree that the REST API shows, `reading.py` checks a tree against the
grammar, and `meaning.py` says what it means. `json_form.py` is the way in for bodies of the REST API.
"""
