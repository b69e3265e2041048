"""OME's configuration: one grammar, read from a Server.xml and from the bodies of the REST API alike.

`grammar.py` says what a grammar is, `scalars.py` how text becomes a value; the modules that end in `_grammar` hold OME's.
`xml_reader.py` reads XML as tolerantly as the engine, `xml_form.py` makes of it the tree that the REST API shows, `reading.py` checks a
tree against the grammar, and `meaning.py` says what it means. `json_form.py` is the way in for bodies of the REST API.
"""
