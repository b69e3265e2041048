"""OME's configuration: one grammar, read from a Server.xml and from the bodies of the REST API alike.

`grammar.py` defines what a grammar is, `scalars.py` how text becomes a value; the modules that end in `_grammar` hold OME's.
`xml_reader.py` reads XML as tolerantly as the engine, `xml_form.py` turns it into the tree that the REST API shows, `reading.py` checks a
tree against the grammar, and `to_settings.py` makes settings of it. `json_form.py` reads the bodies of the REST API.
"""
