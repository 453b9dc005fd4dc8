"""What generate_cases.py knows of an instruction: its accounts, with what is looked at in each, and its rights."""

PANIC, KEYS, DATA, BORSH = "ProgramFailedToComplete", "NotEnoughAccountKeys", "InvalidAccountData", "BorshIoError"
ARGUMENT, READONLY, ESCALATION = "InvalidArgument", "ReadonlyDataModified", "PrivilegeEscalation"
LAMPORTS, MISSING = "ReadonlyLamportChange", "MissingAccount"
LIVE, GUARDED = "live", "guarded"

INSTRUCTIONS = []


class Account:
    """One account of a list. Its marks:
    W  written; the live program looks whether it may be     w  written; the live program does not look
    n  created; the live program looks whether it may be     c  created; the live program does not look
    r  read only                                             a  any account: nothing is looked at
    l  receives lamports; nobody looks whether it may
    What it has to be, in `kind`: record, state, the state at its own address, config, pool, new, any."""

    def __init__(self, name, marks, kind):
        self.name, self.marks, self.kind = name, marks, kind

    def token(self, writable=None):
        writable = (self.marks in "WwncL" or self.marks == "l") if writable is None else writable
        return self.name + (":w" if writable else "")


def record(name, marks="r"):
    return Account(name, marks, "record")


def new(name, looks=True):
    return Account(name, "n" if looks else "c", "new")


def state(marks="r", fixed=False):
    return Account("state", marks, "fixed state" if fixed else "state")


def pool(name, marks="W"):
    return Account(name, marks, "pool")


def any_account(name, marks="a"):
    return Account(name, marks, "any")


class Instruction:
    """payer: who signs and pays. denied: the error for somebody without the rights, and `stranger` who that is. system:
    whether the live program looks at the system program; 'paid' when it does not, but has to pay. variable: the list
    before the payer varies, so its end is found from behind; `fixed` accounts come first. lenient: another's permission
    account is no error. programs: which have it. changes: what it does when all is right, for each program."""

    def __init__(self, file, name, data, accounts, payer, **options):
        self.file, self.name, self.data, self.accounts, self.payer = file, name, data, accounts, payer
        self.denied, self.stranger = options.pop("denied", "8"), options.pop("stranger", "mallory")
        self.system, self.variable = options.pop("system", True), options.pop("variable", None)
        self.lenient, self.programs = options.pop("lenient", False), options.pop("programs", (LIVE, GUARDED))
        self.given, self.ok = options.pop("given", []), options.pop("ok", {})
        self.unsigned = options.pop("unsigned", PANIC)
        self.short, self.more = options.pop("short", KEYS), options.pop("more", [])
        self.overrides = options.pop("but", {})
        self.cut = options.pop("cut", PANIC)
        self.raw = options.pop("raw", None)  # the whole list as it stands, which only `more` spoils
        assert not options, options
        INSTRUCTIONS.append(self)


def both(*changes):
    return {LIVE: list(changes), GUARDED: list(changes)}
