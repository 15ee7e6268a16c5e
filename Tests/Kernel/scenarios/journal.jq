# What holds for the journal of any daemon, computed without its code. No snapshot is looked at.

def entries: map(.entry // empty);

# Whether the entries are numbered 1, 2, 3 and so on.
def numbered: map(.n // empty) | . == [range(1; length + 1)];
