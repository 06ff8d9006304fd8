"""How far the tasks of plans are: what is reported, mapped and accepted, beside the targets."""
