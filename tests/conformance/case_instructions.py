"""The instructions of the ledger's programs for generate_cases.py, from docs/formats/program.md and program-live.md.

Where the guarded program looks at the accounts one by one it may find another fault first; `but` says so."""

from case_model import (ARGUMENT, DATA, GUARDED, KEYS, LIVE, PANIC, Account, Instruction, any_account, both, new, pool,
                        record, state)

NONE = "u8:0"  # an optional argument that is left out


def some(value):
    return f"u8:1 {value}"


def receiver(name):
    return Account(name, "l", "any")


def config(marks="r"):
    return Account("config", marks, "config")


ONLY_LIVE = (LIVE,)

# --- the network's settings

Instruction("global", "InitGlobalState", "u8:1", [new("program-config"), new("state")], "mallory", denied=None,
            ok={LIVE: [], GUARDED: "10005"},  # the guarded program looks at this first
            but={"an account too many": {LIVE: "ok", GUARDED: "10005"}, "a wallet for program-config": {GUARDED: "10005"},
                 "a wallet for state": {GUARDED: "10005"}, "program-config read-only": {GUARDED: "10005"},
                 "state read-only": {GUARDED: "10005"}})
Instruction("global", "SetAuthority", f"u8:2 {NONE} {NONE} {NONE} {some('key:bob')}", [state("W", fixed=True)],
            "foundation", ok=both("~ state feed_authority: none -> bob"),
            more=[("nothing is set", {"data": "u8:2", "expected": "ok"})])
Instruction("global", "SetAirdrop", f"u8:68 {some('u64:7')} {NONE}", [state("w", fixed=True)], "foundation",
            ok=both("~ state contributor_airdrop: 1000000000 -> 7"),
            more=[("nothing is set, through a read-only account",
                   {"data": "u8:68", "accounts": ["state", "foundation:ws", "system"],
                    "expected": {LIVE: "ok", GUARDED: PANIC}})])
Instruction("global", "SetFeatureFlags", "u8:94 u128:2", [state("w", fixed=True)], "foundation",
            ok=both("~ state flags: 0x0 -> 0x2"))
Instruction("global", "AddFoundationAllowlist", "u8:4 key:bob", [state("W", fixed=True)], "foundation",
            ok=both("~ state foundation: foundation -> foundation,bob"),
            more=[("who is there already", {"data": "u8:4 key:foundation", "expected": ARGUMENT})])
Instruction("global", "RemoveFoundationAllowlist", "u8:5 key:bob", [state("W", fixed=True)], "foundation",
            ok={LIVE: "66", GUARDED: "66"})
Instruction("global", "AddQaAllowlist", "u8:86 key:bob", [state("W", fixed=True)], "foundation",
            ok=both("~ state qa: foundation -> foundation,bob"),
            more=[("who is there already", {"data": "u8:86 key:foundation", "expected": ARGUMENT})])
Instruction("global", "RemoveQaAllowlist", "u8:87 key:foundation", [state("W", fixed=True)], "foundation",
            ok=both("~ state qa: foundation -> none"),
            more=[("who is not there", {"data": "u8:87 key:bob", "expected": "ok"})])
Instruction("global", "SetMinVersion", "u8:79 u32:0 u32:31 u32:0", [record("program-config", "w"), state("W", fixed=True)],
            "foundation", programs=ONLY_LIVE, ok={LIVE: ["~ program-config minimum: 0.30.0 -> 0.31.0"]},
            more=[("above the program's own", {"data": "u8:79 u32:0 u32:35 u32:0", "expected": "59"})])
POOLS = [pool("tunnel-block", "a"), pool("user-block", "a"), pool("group-block", "a"), any_account("link-ids"),
         any_account("segment-ids"), any_account("publisher-block"), any_account("vrf-ids"), any_account("admin-bits")]
BLOCKS = "net:172.16.0.0/16 net:169.254.0.0/16 net:233.84.178.0/24"
Instruction("global", "SetGlobalConfig", f"u8:3 u32:1 u32:2 {BLOCKS} {some('u16:10100')} net:148.51.120.0/21",
            [new("config", looks=False), state()] + POOLS, "foundation",
            ok=both("~ config local_asn: 65000 -> 1", "~ config remote_asn: 65001 -> 2",
                    "~ config next_bgp_community: 10001 -> 10100"),
            but={"config read-only": {LIVE: "ReadonlyDataModified"}},
            more=[("another device tunnel block",
                   {"data": f"u8:3 u32:1 u32:2 {BLOCKS.replace('172.16', '172.17')} {NONE} net:148.51.120.0/21",
                    "expected": "68"}),
                  ("a device tunnel block of the internet",
                   {"data": f"u8:3 u32:1 u32:2 {BLOCKS.replace('172.16', '8.8')} {NONE} net:148.51.120.0/21",
                    "expected": "88"}),
                  ("no local ASN", {"data": f"u8:3 u32:0 u32:2 {BLOCKS} {NONE} net:148.51.120.0/21", "expected": "44"}),
                  ("no remote ASN", {"data": f"u8:3 u32:1 u32:0 {BLOCKS} {NONE} net:148.51.120.0/21", "expected": "45"})])

# --- locations, exchanges

PLACE = "str:Paris"
Instruction("sites", "CreateLocation", f"u8:10 str:par {PLACE} str:FR f64:48.5 f64:2.5 u32:0",
            [new("next/location"), state("w")], "foundation",
            ok=both("+ next/location owner=foundation code=par name=Paris lat=48.5 lng=2.5 status=activated "
                    "reference_count=0 country=FR", "~ state account_index: 11 -> 12"),
            more=[("a code of other letters", {"data": f"u8:10 str:p/r {PLACE} str:FR f64:48.5 f64:2.5 u32:0", "expected": "19"}),
                  ("a long code", {"data": f"u8:10 long:33 {PLACE} str:FR f64:48.5 f64:2.5 u32:0", "expected": "34"}),
                  ("a long name", {"data": "u8:10 str:par long:65 str:FR f64:48.5 f64:2.5 u32:0", "expected": "39"}),
                  ("no country", {"data": f"u8:10 str:par {PLACE} str:FRA f64:48.5 f64:2.5 u32:0", "expected": "43"}),
                  ("too far north", {"data": f"u8:10 str:par {PLACE} str:FR f64:90.5 f64:2.5 u32:0", "expected": "40"}),
                  ("too far east", {"data": f"u8:10 str:par {PLACE} str:FR f64:48.5 f64:180.5 u32:0", "expected": "41"})])
Instruction("sites", "UpdateLocation", f"u8:11 {NONE} {some('str:Other')} {NONE} {NONE} {NONE} {NONE}",
            [record("location", "W"), state()], "foundation", ok=both("~ location name: Place -> Other"))
Instruction("sites", "SuspendLocation", "u8:12", [record("location", "W"), state()], "foundation",
            ok=both("~ location status: activated -> suspended"),
            more=[("another record, by somebody without the rights",
                   {"accounts": ["exchange:w", "state", "mallory:ws", "system"], "expected": "8"}),
                  ("which is suspended", {"given": ["location.status=suspended"], "expected": "7"})])
Instruction("sites", "ResumeLocation", "u8:13", [record("location", "W"), state()], "foundation",
            given=["location.status=suspended"], ok=both("~ location status: suspended -> activated"),
            more=[("which is activated", {"given": [], "expected": "7"})])
Instruction("sites", "DeleteLocation", "u8:14", [record("london", "W"), state()], "foundation", ok=both("- london"),
            more=[("which is named", {"given": ["london.reference_count=1"], "expected": "13"})])
Instruction("sites", "CreateExchange", f"u8:15 str:xpar {PLACE} f64:48.5 f64:2.5 u16:0",
            [new("next/exchange"), config("w"), state("w")], "foundation",
            ok=both("+ next/exchange owner=foundation code=xpar name=Paris lat=48.5 lng=2.5 status=activated "
                    "reference_count=0 bgp_community=10001 device1=none device2=none", "~ state account_index: 11 -> 12",
                    "~ config next_bgp_community: 10001 -> 10002"),
            more=[("no community is left", {"given": ["config.next_bgp_community=11000"], "expected": "55"})])
Instruction("sites", "UpdateExchange", f"u8:16 {NONE} {NONE} {NONE} {NONE} {some('u16:1')}",
            [record("exchange", "W"), config("w"), state()], "foundation",
            ok=both("~ exchange bgp_community: 10000 -> 10001", "~ config next_bgp_community: 10001 -> 10002"))
Instruction("sites", "SuspendExchange", "u8:17", [record("exchange", "W"), state()], "foundation",
            ok=both("~ exchange status: activated -> suspended"))
Instruction("sites", "ResumeExchange", "u8:18", [record("exchange", "W"), state()], "foundation",
            given=["exchange.status=suspended"], ok=both("~ exchange status: suspended -> activated"))
Instruction("sites", "DeleteExchange", "u8:19", [record("exchange", "W"), state()], "foundation",
            given=["exchange.reference_count=0"], ok=both("- exchange"),
            more=[("which is named", {"given": [], "expected": "13"}),
                  ("with a device in a seat", {"given": ["exchange.reference_count=0", "exchange.device1=ams"],
                                               "expected": {LIVE: ("ok", ["- exchange"]), GUARDED: "13"}})])
Instruction("sites", "SetDeviceExchange", "u8:65 u8:1 u8:1", [record("exchange", "W"), record("ams", "w"), state()],
            "foundation", ok=both("~ ams reference_count: 2 -> 3", "~ exchange device1: none -> ams"),
            more=[("a third seat", {"data": "u8:65 u8:3 u8:1", "expected": "16"}),
                  ("a seat that is taken", {"given": ["exchange.device1=lon"], "expected": "17"}),
                  ("out of an empty seat", {"data": "u8:65 u8:1 u8:2", "expected": "18"}),
                  ("out of a seat, its count at 0",
                   {"data": "u8:65 u8:1 u8:2", "given": ["exchange.device1=ams", "ams.reference_count=0"],
                    "expected": {LIVE: ("ok", ["~ exchange device1: ams -> none"])}})])

# --- contributors

Instruction("contributors", "CreateContributor", "u8:60 str:new", [new("next/contributor"), any_account("bob", "w"), state("w")],
            "foundation", ok=both("+ next/contributor owner=bob code=new status=activated reference_count=0 ops_manager=none",
                                  "~ state account_index: 11 -> 12"),
            but={"bob read-only": {LIVE: "PrivilegeEscalation"}})
Instruction("contributors", "UpdateContributor", f"u8:61 {NONE} {NONE} {some('key:bob')}", [record("alices", "W"), state()],
            "alice", ok=both("~ alices ops_manager: none -> bob"),
            but={"an account too many": {LIVE: ("ok", ["~ alices ops_manager: none -> bob"])}})
Instruction("contributors", "SuspendContributor", "u8:62", [record("alices", "W"), state()], "foundation",
            ok=both("~ alices status: activated -> suspended"))
Instruction("contributors", "ResumeContributor", "u8:63", [record("alices", "W"), state()], "foundation",
            given=["alices.status=suspended"], ok=both("~ alices status: suspended -> activated"))
Instruction("contributors", "DeleteContributor", "u8:64", [record("alices", "W"), state()], "foundation",
            given=["alices.reference_count=0"], ok=both("- alices"),
            more=[("which has devices", {"given": [], "expected": "13"}),
                  ("which is deleting", {"given": ["alices.status=deleting"], "expected": "7"})])

# --- permissions

Instruction("permissions", "CreatePermission", "u8:97 key:mallory u128:4096", [new("permission/mallory"), state()],
            "foundation", system="paid",
            ok=both("+ permission/mallory user_payer=mallory status=activated permissions=0x1000"),
            but={"a wallet for permission/mallory": {LIVE: ARGUMENT}, "state read-only": {}},
            more=[("no bit", {"data": "u8:97 key:mallory u128:0", "expected": "65"})])
Instruction("permissions", "UpdatePermission", "u8:98 u128:2 u128:0", [record("permission/pat", "W"), state()], "foundation",
            system=False, ok=both("~ permission/pat permissions: 0x1000 -> 0x1002"),
            more=[("nothing", {"data": "u8:98 u128:0 u128:0", "expected": "65"}),
                  ("the same in and out", {"data": "u8:98 u128:2 u128:2", "expected": "65"}),
                  ("none is left", {"data": "u8:98 u128:0 u128:4096", "expected": "65"})])
Instruction("permissions", "SuspendPermission", "u8:99", [record("permission/pat", "W"), state()], "foundation",
            system=False, ok=both("~ permission/pat status: activated -> suspended"),
            more=[("one's own", {"accounts": ["permission/pat:w", "state", "pat:ws", "system"],
                                 "expected": {LIVE: "65", GUARDED: "8"}}),
                  ("one's own, with rights over permissions",
                   {"given": ["permission/pat.permissions=2"],
                    "accounts": ["permission/pat:w", "state", "pat:ws", "system", "permission/pat"], "expected": "65"}),
                  ("one's own that is suspended", {"given": ["permission/pat.status=suspended"],
                                                   "accounts": ["permission/pat:w", "state", "pat:ws", "system"],
                                                   "expected": {LIVE: "65", GUARDED: "8"}}),
                  ("which is suspended", {"given": ["permission/pat.status=suspended"], "expected": "7"})])
Instruction("permissions", "ResumePermission", "u8:100", [record("permission/pat", "W"), state()], "foundation",
            system=False, given=["permission/pat.status=suspended"],
            ok=both("~ permission/pat status: suspended -> activated"))
Instruction("permissions", "DeletePermission", "u8:101", [record("permission/pat", "W"), state()], "foundation",
            system=False, ok=both("- permission/pat"),
            more=[("one's own, with rights over permissions",
                   {"given": ["permission/pat.permissions=2"],
                    "accounts": ["permission/pat:w", "state", "pat:ws", "system", "permission/pat"], "expected": "65"}),
                  ("one's own", {"accounts": ["permission/pat:w", "state", "pat:ws", "system"],
                                 "expected": {LIVE: "65", GUARDED: "8"}})])

# --- topologies, indexes

Instruction("topologies", "CreateTopology", "u8:107 str:silver u8:0",
            [new("topology/SILVER"), pool("admin-bits"), state(fixed=True)], "foundation", programs=ONLY_LIVE, system="paid",
            ok={LIVE: ["+ topology/SILVER name=SILVER bit=2 algorithm=130 reference_count=0",
                       "~ admin-bits allocated: 0 -> 0-1"]},
            more=[("a name of other letters", {"data": "u8:107 str:si_ver u8:0", "expected": "87"}),
                  ("a long name", {"data": "u8:107 long:33 u8:0", "expected": "39"})])
Instruction("topologies", "DeleteTopology", "u8:108 str:gold", [record("topology/GOLD", "W"), state(fixed=True)],
            "foundation", programs=ONLY_LIVE, system=False, ok={LIVE: ["- topology/GOLD"]},
            but={"another record for topology/GOLD": {LIVE: PANIC}},
            more=[("which is used", {"given": ["topology/GOLD.reference_count=1"], "expected": "13"})])
Instruction("topologies", "ClearTopology", "u8:109 str:gold",
            [record("topology/GOLD", "W"), state(fixed=True), record("wan", "W")], "foundation", programs=ONLY_LIVE,
            system=False, variable=2, unsigned="22",
            given=["wan.topologies=topology/GOLD,topology/GOLD", "topology/GOLD.reference_count=3"],
            ok={LIVE: ["~ topology/GOLD reference_count: 3 -> 2",
                       "~ wan topologies: topology/GOLD,topology/GOLD -> none"]},
            but={"another record for topology/GOLD": {LIVE: PANIC}, "only the first 3 accounts": {LIVE: "65"},
                 "only the first 4 accounts": {LIVE: "22"}, "an account too many": {LIVE: "22"}})
Instruction("topologies", "AssignTopologyNodeSegments", "u8:110 str:gold",
            [any_account("topology/GOLD"), pool("segment-ids"), state(fixed=True), record("ams", "w")], "foundation",
            programs=ONLY_LIVE, system=False, variable=3, unsigned="22", ok={LIVE: []},
            but={"only the first 4 accounts": {LIVE: "65"}, "only the first 5 accounts": {LIVE: "22"},
                 "an account too many": {LIVE: "22"}, "ams read-only": {LIVE: "ok"}},
            more=[("another topology's account",
                   {"accounts": ["topology/SILVER", "segment-ids:w", "state", "ams:w", "foundation:ws", "system"],
                    "expected": "65"})])
Instruction("topologies", "CreateIndex", "u8:104 str:device str:ams", [new("index/ams"), record("ams"), state()], "foundation",
            programs=ONLY_LIVE, ok={LIVE: ["+ index/ams entity=ams key=ams"]},
            but={"another record for ams": {LIVE: ("ok", ["+ index/ams entity=location key=ams"])}},
            more=[("a key of other letters", {"data": "u8:104 str:device str:a/s", "expected": "19"})])
Instruction("topologies", "DeleteIndex", "u8:105", [record("index/lon", "W"), state()], "foundation", programs=ONLY_LIVE,
            system=False, ok={LIVE: ["- index/lon"]})

# --- pools by hand

VRF = "u8:8"
ZERO = any_account("system")
Instruction("resources", "AllocateResource", f"u8:80 {VRF} {NONE}", [pool("vrf-ids"), ZERO, state()], "foundation",
            ok=both("~ vrf-ids allocated: none -> 0"),
            more=[("exactly 100", {"data": f"u8:80 {VRF} {some('u8:1 u16:100')}",
                                   "expected": ("ok", ["~ vrf-ids allocated: none -> 99"])}),
                  ("outside the range", {"data": f"u8:80 {VRF} {some('u8:1 u16:0')}", "expected": "63"}),
                  ("an address of a pool of numbers",
                   {"data": f"u8:80 {VRF} {some('u8:0 net:10.0.0.0/32')}", "expected": "65"}),
                  ("of links", {"data": f"u8:80 u8:6 {NONE}",
                                "accounts": ["link-ids:w", "system", "state", "foundation:ws", "system"],
                                "expected": {LIVE: ("ok", ["~ link-ids allocated: 0 -> 0-1"]), GUARDED: "10012"}})])
Instruction("resources", "DeallocateResource", f"u8:82 {VRF} u8:1 u16:7", [pool("vrf-ids"), ZERO, state()], "foundation",
            ok=both())
Instruction("resources", "CreateResource", "u8:81 u8:5 key:ams u64:1",
            [new("tunnel-ids/ams/1"), any_account("ams"), state(), config()], "foundation",
            ok=both("+ tunnel-ids/ams/1 owner=foundation spans=500-4596 search_from=0 allocated=none"))
Instruction("resources", "CloseResource", "u8:85", [pool("vrf-ids"), any_account("foundation", "w"), state()], "foundation",
            system=False, ok=both("- vrf-ids"),
            but={"a contributor for vrf-ids": {LIVE: "9", GUARDED: "9"}, "a wallet for vrf-ids": {GUARDED: "9"}},
            more=[("to somebody else", {"accounts": ["vrf-ids:w", "bob:w", "state", "foundation:ws", "system"],
                                        "expected": {LIVE: ("ok", ["- vrf-ids"]), GUARDED: "52"}}),
                  ("to somebody else, read-only", {"accounts": ["vrf-ids:w", "bob", "state", "foundation:ws", "system"],
                                                   "expected": {LIVE: PANIC, GUARDED: "52"}}),
                  ("to itself", {"accounts": ["vrf-ids:w", "vrf-ids:w", "state", "foundation:ws", "system"],
                                 "expected": {LIVE: "UnbalancedInstruction", GUARDED: "52"}})])

# --- devices

NEW_POOLS = [new("tunnel-ids/next"), new("prefix/next/0")]


def made(status, health):
    return [f"+ next/device owner=alice contributor=alices location=location code=new status={status.split('=')[1]} "
            f"desired_status=activated health={health} public_ip=8.8.4.4 prefix0=195.219.120.0/29 max_users=0 reference_count=0",
            "+ prefix/next/0 owner=alice spans=195.219.120.0/29 search_from=0 allocated=0",
            "+ tunnel-ids/next owner=alice spans=500-4596 search_from=0 allocated=none",
            "~ alices reference_count: 4 -> 5", "~ exchange reference_count: 3 -> 4", "~ location reference_count: 3 -> 4",
            "~ state account_index: 11 -> 12"]


DEVICE = f"u8:20 str:New u8:0 ip:8.8.4.4 u32:1 net:195.219.120.0/29 key:agent str:default {NONE} u8:2"
Instruction("devices", "CreateDevice", DEVICE,
            [new("next/device", looks=False), record("alices", "w"), record("location", "w"), record("exchange", "w"), state("w"),
             config()] + NEW_POOLS, "alice", denied="1", lenient=True,
            ok={LIVE: made("device=activated", "healthy"), GUARDED: made("device=hard-drained", "unknown")},
            more=[("a code of other letters", {"data": DEVICE.replace("str:New", "str:N/w"), "expected": "19"}),
                  ("a long code", {"data": DEVICE.replace("str:New", "long:33"), "expected": "34"}),
                  ("no address of the internet", {"data": DEVICE.replace("8.8.4.4", "10.0.0.1"), "expected": "62"}),
                  ("an address of its own prefix", {"data": DEVICE.replace("8.8.4.4", "195.219.120.1"), "expected": "62"}),
                  ("a private prefix", {"data": DEVICE.replace("195.219.120.0", "10.0.0.0"), "expected": "38"})])
KEEP = " ".join([NONE] * 9)
REST = " ".join([NONE] * 7)
BLOCKS_AND_ALL = ["ams:w", "alices", "state", "config", "tunnel-ids/ams:w", "prefix/ams/0:w"]
ANEW = f"u8:23 {' '.join([NONE] * 4)} {some('u32:1 net:195.219.120.0/28')} {' '.join([NONE] * 6)} u64:2 {REST}"
Instruction("devices", "UpdateDevice", f"u8:23 {some('str:Other')} {' '.join([NONE] * 8)} {NONE} {NONE} u64:0 {REST}",
            [record("ams", "W"), record("alices"), state()], "alice", lenient=True, short="65",
            ok=both("~ ams code: ams-dz001 -> other"),
            but={"an account too many": {LIVE: "65", GUARDED: "65"}},
            more=[("drained by its contributor", {"data": f"u8:23 {KEEP} {some('u8:5')} {NONE} u64:0 {REST}", "expected":
                                                  {LIVE: ("ok", ["~ ams status: activated -> drained"])}}),
                  ("new prefixes by the foundation",
                   {"data": ANEW, "accounts": BLOCKS_AND_ALL + ["foundation:ws", "system"], "expected":
                    {LIVE: ("ok", ["~ ams prefix0: 195.219.121.96/29 -> 195.219.120.0/28", "~ prefix/ams/0 owner: alice -> foundation",
                                   "~ prefix/ams/0 spans: 195.219.121.96/29 -> 195.219.120.0/28"]),
                     GUARDED: ("ok", ["~ ams prefix0: 195.219.121.96/29 -> 195.219.120.0/28",
                                      "~ prefix/ams/0 spans: 195.219.121.96/29 -> 195.219.120.0/28"])}}),
                  ("new prefixes and another's block",
                   {"data": ANEW, "accounts": BLOCKS_AND_ALL[:5] + ["prefix/lon/0:w", "alice:ws", "system"], "expected": PANIC}),
                  ("new prefixes and a read-only block",
                   {"data": ANEW, "accounts": BLOCKS_AND_ALL[:5] + ["prefix/ams/0", "alice:ws", "system"], "expected": PANIC}),
                  ("another's blocks without new prefixes",
                   {"data": ANEW.replace(some('u32:1 net:195.219.120.0/28'), NONE),
                    "accounts": BLOCKS_AND_ALL[:5] + ["prefix/lon/0:w", "alice:ws", "system"],
                    "expected": {LIVE: PANIC, GUARDED: "ok"}})])
EMPTY = ["ams.reference_count=0", "ams.interfaces=none", "live ams.status=drained"]
GONE = ["- ams", "- prefix/ams/0", "- tunnel-ids/ams", "~ alices reference_count: 4 -> 3", "~ exchange reference_count: 3 -> 2",
        "~ location reference_count: 3 -> 2"]
LEAVING = ["ams:w", "alices:w", "state", "location:w", "exchange:w", "tunnel-ids/ams:w", "prefix/ams/0:w"]
Instruction("devices", "DeleteDevice", "u8:26 u8:2",
            [record("ams", "W"), record("alices", "W"), state(), record("location", "w"), record("exchange", "w"),
             pool("tunnel-ids/ams"), pool("prefix/ams/0"), receiver("alice"), receiver("alice"), receiver("alice")], "alice",
            lenient=True, given=EMPTY, ok=both(*GONE),
            but={"another record for location": {LIVE: "2"}, "another record for exchange": {LIVE: "3"},
                 "a contributor for tunnel-ids/ams": {LIVE: ("ok", ["- ams", "- bobs", "- prefix/ams/0"] + GONE[3:])},
                 "a contributor for prefix/ams/0": {LIVE: ("ok", ["- ams", "- bobs", "- tunnel-ids/ams"] + GONE[3:])}},
            more=[("which is named", {"given": EMPTY[1:], "expected": "13"}),
                  ("with interfaces", {"given": EMPTY[:1] + EMPTY[2:], "expected": "70"}),
                  ("in service", {"given": EMPTY[:2] + ["ams.status=activated"], "expected": {LIVE: "7", GUARDED: "10008"}}),
                  ("its pools to somebody else",
                   {"accounts": LEAVING + ["bob:w", "bob:w", "alice", "alice:ws", "system"],
                    "expected": {LIVE: ("ok", GONE), GUARDED: "1"}}),
                  ("its pools to somebody else, read-only",
                   {"accounts": LEAVING + ["bob", "bob", "alice", "alice:ws", "system"],
                    "expected": {LIVE: "ReadonlyLamportChange", GUARDED: "1"}}),
                  ("without pools", {"data": "u8:26 u8:0", "accounts": ["ams:w", "alices:w", "state", "alice:ws", "system"],
                                     "expected": {LIVE: ("ok", ["~ ams status: drained -> deleting"]), GUARDED: "65"}})])
Instruction("devices", "SetDeviceHealth", "u8:83 u8:1", [record("ams", "W"), state()], "monitor",
            ok={LIVE: ["~ ams health: healthy -> pending"], GUARDED: ["~ ams health: unknown -> pending"]},
            more=[("another record, by somebody without the rights",
                   {"accounts": ["location:w", "state", "mallory:ws", "system"], "expected": {LIVE: "8", GUARDED: DATA}}),
                  ("no such health", {"data": "u8:83 u8:9", "expected": PANIC})])

# --- interfaces

PORT = f"u16:0 {NONE} u8:0 u8:0 u8:0 u64:10000000000 u64:0"
POOLS_OF_INTERFACES = [pool("tunnel-block"), pool("segment-ids")]
Instruction("interfaces", "CreateDeviceInterface", f"u8:73 str:Ethernet9 u8:0 {PORT} u16:9000 u8:0 u8:1 u8:0",
            [record("ams", "W"), record("alices"), state()] + POOLS_OF_INTERFACES, "alice", denied="1", lenient=True,
            system="paid", ok=both("~ ams Ethernet9: none -> unlinked/0.0.0.0/0/9000"),
            more=[("no such name", {"data": f"u8:73 str:Nothing u8:0 {PORT} u16:9000 u8:0 u8:1 u8:0", "expected": "12"}),
                  ("a name that is there", {"data": f"u8:73 str:ethernet1 u8:0 {PORT} u16:9000 u8:0 u8:1 u8:0", "expected": "56"}),
                  ("another mtu", {"data": f"u8:73 str:Ethernet9 u8:0 {PORT} u16:1500 u8:0 u8:1 u8:0", "expected": "46"}),
                  ("without the flag", {"data": f"u8:73 str:Ethernet9 u8:0 {PORT} u16:9000 u8:0 u8:0 u8:0", "expected": "65"}),
                  ("a vlan beyond the last", {"data": f"u8:73 str:Ethernet9 u8:0 {PORT.replace('u16:0', 'u16:4095')} u16:9000 u8:0 u8:1 u8:0",
                                              "expected": "49"}),
                  ("a port and no topology",  # which is not looked at
                   {"data": f"u8:73 str:Ethernet9 u8:0 {PORT} u16:9000 u8:0 u8:1 u8:1",
                    "accounts": ["ams:w", "alices", "state", "tunnel-block:w", "segment-ids:w", "nobody", "alice:ws", "system"],
                    "expected": {LIVE: ("ok", ["~ ams Ethernet9: none -> unlinked/0.0.0.0/0/9000"])}}),
                  ("a vpnv4 loopback and no topology",
                   {"data": f"u8:73 str:Loopback0 u8:1 {PORT} u16:9000 u8:0 u8:1 u8:1",
                    "accounts": ["ams:w", "alices", "state", "tunnel-block:w", "segment-ids:w", "nobody", "alice:ws", "system"],
                    "expected": {LIVE: PANIC}}),
                  ("a vpnv4 loopback and no topology, another mtu",
                   {"data": f"u8:73 str:Loopback0 u8:1 {PORT} u16:1500 u8:0 u8:1 u8:1",
                    "accounts": ["ams:w", "alices", "state", "tunnel-block:w", "segment-ids:w", "nobody", "alice:ws", "system"],
                    "expected": {LIVE: "46"}}),
                  ("a vpnv4 loopback and no topology, by a stranger",
                   {"data": f"u8:73 str:Loopback0 u8:1 {PORT} u16:9000 u8:0 u8:1 u8:1",
                    "accounts": ["ams:w", "alices", "state", "tunnel-block:w", "segment-ids:w", "nobody", "mallory:ws", "system"],
                    "expected": {LIVE: "1"}}),
                  ("a vpnv4 loopback and no topology, a vlan beyond the last",
                   {"data": f"u8:73 str:Loopback0 u8:1 {PORT.replace('u16:0', 'u16:4095')} u16:9000 u8:0 u8:1 u8:1",
                    "accounts": ["ams:w", "alices", "state", "tunnel-block:w", "segment-ids:w", "nobody", "alice:ws", "system"],
                    "expected": {LIVE: "49"}}),
                  ("a vpnv4 loopback",
                   {"data": f"u8:73 str:Loopback0 u8:1 {PORT} u16:9000 u8:0 u8:1 u8:0",
                    "expected": ("ok", ["~ ams Loopback0: none -> activated/172.16.0.2/32/9000/segment 1",
                                        "~ segment-ids allocated: none -> 0", "~ tunnel-block allocated: 0-1 -> 0-2"])})])
Instruction("interfaces", "DeleteDeviceInterface", "u8:74 str:Ethernet3 u8:1",
            [record("ams", "W"), record("alices"), state()] + POOLS_OF_INTERFACES, "alice", lenient=True,
            ok=both("~ ams Ethernet3: unlinked/0.0.0.0/0/9000 -> none"),
            more=[("which is not there", {"data": "u8:74 str:Ethernet9 u8:1", "expected": "24"})])
Instruction("interfaces", "UpdateDeviceInterface", f"u8:76 str:Ethernet3 {NONE} {some('u16:7')} {' '.join([NONE] * 10)} u8:0 u8:0",
            [record("ams", "W"), record("alices"), state()], "alice", lenient=True, variable=3, system=False, ok=both(),
            more=[("which is not there", {"data": "u8:76 str:Ethernet9", "expected": "24"}),
                  ("no type of loopback", {"data": f"u8:76 str:Ethernet3 {some('u8:0')}", "expected": "58"})])

# --- links

LINK = "u64:10000000000 u32:9000 u64:6000000 u64:1000000"
WAN = f"u8:28 str:Two u8:1 {LINK} str:Ethernet3 {some('str:Ethernet3')} {NONE} u8:1"


def linked(status, health):
    return [f"+ next/link owner=alice code=two side_a=ams side_z=lon type=WAN status={status} desired_status=activated "
            f"health={health} bandwidth=10000000000 delay_ns=6000000 delay_override_ns=0 tunnel_id=1 tunnel_net=172.16.0.2/31 "
            "side_z_iface=Ethernet3 topologies=none flags=0x0",
            "~ alices reference_count: 4 -> 5", "~ ams Ethernet3: unlinked/0.0.0.0/0/9000 -> activated/172.16.0.2/31/9000",
            "~ ams reference_count: 2 -> 3", "~ link-ids allocated: 0 -> 0-1",
            "~ lon Ethernet3: unlinked/0.0.0.0/0/9000 -> activated/172.16.0.3/31/9000", "~ lon reference_count: 1 -> 2",
            "~ state account_index: 11 -> 12", "~ tunnel-block allocated: 0-1 -> 0-3"]


def accepted(status):
    return ["~ ams Ethernet2: unlinked/0.0.0.0/0/9000 -> activated/172.16.0.2/31/9000", "~ dzx side_z_iface: '' -> Ethernet2",
            f"~ dzx status: requested -> {status}", "~ dzx tunnel_id: 0 -> 1", "~ dzx tunnel_net: 0.0.0.0/0 -> 172.16.0.2/31",
            "~ fra Ethernet2: unlinked/0.0.0.0/0/9000 -> activated/172.16.0.3/31/9000", "~ link-ids allocated: 0 -> 0-1",
            "~ tunnel-block allocated: 0-1 -> 0-3"]


LINK_POOLS = [pool("tunnel-block"), pool("link-ids")]
Instruction("links", "CreateLink", WAN,
            [new("next/link", looks=False), record("alices", "W"), record("ams", "W"), record("lon", "W"), state("W"),
             any_account("topology/UNICAST-DEFAULT")] + LINK_POOLS, "alice", denied="1", lenient=True,
            ok={LIVE: linked("activated", "healthy"), GUARDED: linked("hard-drained", "unknown")},
            more=[("a code of other letters", {"data": WAN.replace("str:Two", "str:T/o"), "expected": "19"}),
                  ("slow", {"data": WAN.replace("u64:10000000000", "u64:1"), "expected": "31"}),
                  ("another mtu", {"data": WAN.replace("u32:9000", "u32:1500"), "expected": "46"}),
                  ("delay", {"data": WAN.replace("u64:6000000", "u64:1"), "expected": "32"}),
                  ("jitter", {"data": WAN.replace("u64:1000000 ", "u64:1 "), "expected": "33"}),
                  ("a port that is not there", {"data": WAN.replace("str:Ethernet3 u8:1", "str:Ethernet9 u8:1"), "expected": "12"}),
                  ("a port that is taken", {"data": WAN.replace("str:Ethernet3 u8:1", "str:Ethernet1 u8:1"), "expected": {}}),
                  ("without the flag", {"data": WAN[:-1] + "0", "expected": "65"})])
Instruction("links", "AcceptLink", "u8:66 str:Ethernet2 u8:1",
            [record("dzx", "W"), record("bobs"), record("fra", "W"), state(), record("ams", "W")] + LINK_POOLS, "bob",
            lenient=True, system="paid", ok={LIVE: accepted("activated"), GUARDED: accepted("hard-drained")},
            but={"another record for fra": {LIVE: "52"}},
            more=[("a port that is not there", {"data": "u8:66 str:Ethernet9 u8:1", "expected": "12"}),
                  ("which is accepted", {"accounts": ["wan:w", "alices", "lon:w", "state", "ams:w", "tunnel-block:w",
                                                      "link-ids:w", "alice:ws", "system"], "expected": "7"})])
Instruction("links", "UpdateLink", f"u8:31 {NONE} {NONE} {NONE} {NONE} {NONE} {some('u64:7000000')}",
            [record("wan", "W"), record("alices"), state()], "alice", lenient=True, variable=3,
            ok=both("~ wan delay_ns: 6000000 -> 7000000"),
            but={"a wallet for state": {LIVE: "65"}, "a contributor for state": {LIVE: "65"}},  # taken for side Z's device
            more=[("a long code", {"data": f"u8:31 {some('long:40')}",
                                   "expected": ("ok", ["~ wan code: ams-dz001:lon-dz001 -> " + "x" * 40])}),
                  ("a code of other letters", {"data": f"u8:31 {some('str:T/o')}", "expected": "19"}),
                  ("another mtu", {"data": f"u8:31 {NONE} {NONE} {NONE} {NONE} {some('u32:1500')}", "expected": "46"})])
Instruction("links", "DeleteLink", "u8:34 u8:1",
            [record("wan", "W"), record("alices", "W"), state(), record("ams", "W"), record("lon", "W")] + LINK_POOLS +
            [receiver("alice")], "alice", denied="1", lenient=True, variable=8, given=["wan.status=hard-drained"],
            ok=both("- wan", "~ alices reference_count: 4 -> 3",
                    "~ ams Ethernet1: activated/172.16.0.0/31/9000 -> unlinked/0.0.0.0/0/9000", "~ ams reference_count: 2 -> 1",
                    "~ link-ids allocated: 0 -> none", "~ lon Ethernet1: activated/172.16.0.1/31/9000 -> unlinked/0.0.0.0/0/9000",
                    "~ lon reference_count: 1 -> 0", "~ tunnel-block allocated: 0-1 -> none"),
            more=[("of another owner", {"accounts": ["wan:w", "alices:w", "state", "ams:w", "lon:w", "tunnel-block:w",
                                                     "link-ids:w", "bob:w", "alice:ws", "system"], "expected": DATA})])
Instruction("links", "SetLinkHealth", "u8:84 u8:1", [record("wan", "W"), state()], "monitor",
            ok={LIVE: ["~ wan health: healthy -> pending"], GUARDED: ["~ wan health: unknown -> pending"]})

# --- telemetry, the same beside both programs

PATH = ["samples/back:w", "agent:ws", "lon", "ams", "wan", "system"]


def telemetry(name, data, whole, ok, short, spoilt, guarded_surplus=ARGUMENT):
    Instruction("telemetry", f"telemetry {name}", data, [], "agent", raw=whole, ok=both(*ok), short=short,
                more=[(what, {"accounts": accounts, "expected": expected, **rest}) for what, accounts, expected, rest in spoilt] +
                     [("an account too many", {"accounts": whole + ["bobs"], "expected": {LIVE: ("ok", ok),
                                                                                         GUARDED: guarded_surplus}})])


def swapped(whole, i, token):
    return [token if n == i else one for n, one in enumerate(whole)]


PROGRAM_ID, UNSIGNED, CUT = "IncorrectProgramId", "MissingRequiredSignature", "BorshIoError"
telemetry("InitializeDeviceLatencySamples", "u8:0 u64:3 u64:10", PATH,
          ["+ samples/back origin_agent=agent origin_device=lon target_device=ams link=wan interval_us=10 start_us=0 samples=0"],
          KEYS,
          [("the agent did not sign", swapped(PATH, 1, "agent:w"), UNSIGNED, {}),
           ("another agent", swapped(PATH, 1, "mallory:ws"), "1001", {}),
           ("a wallet for lon", swapped(PATH, 2, "nobody"), PROGRAM_ID, {}),
           ("a wallet for ams", swapped(PATH, 3, "nobody"), PROGRAM_ID, {}),
           ("a wallet for wan", swapped(PATH, 4, "nobody"), PROGRAM_ID, {}),
           ("another record for lon", swapped(PATH, 2, "location"), DATA, {}),
           ("another record for ams", swapped(PATH, 3, "location"), DATA, {}),
           ("another record for wan", swapped(PATH, 4, "location"), DATA, {}),
           ("another device", swapped(PATH, 3, "fra"), "1004", {}),
           ("another address", swapped(PATH, 0, "samples:w"), "1009", {}),
           ("the other direction, which is there", ["samples:w", "agent:ws", "ams", "lon", "wan", "system"], "1010", {}),
           ("no interval", PATH, "1012", {"data": "u8:0 u64:3 u64:0"}),
           ("no interval and no accounts", [], "1012", {"data": "u8:0 u64:3"}),
           ("an interval cut short", PATH, CUT, {"data": "u8:0 u64:3 u8:1"}),
           ("a link that is requested", PATH, "1003", {"given": ["wan.status=requested"]}),
           ("a device that is deleting", PATH, "1002", {"given": ["live ams.status=deleting", "guarded ams.status=deleting"]})])
WRITE = ["samples:w", "agent:ws", "system"]
telemetry("WriteDeviceLatencySamples", "u8:1 u64:7 u32:2 u32:5 u32:0", WRITE,
          ["~ samples samples: 0 -> 2", "~ samples start_us: 0 -> 7"], KEYS,
          [("the agent did not sign", swapped(WRITE, 1, "agent:w"), UNSIGNED, {}),
           ("another agent", swapped(WRITE, 1, "mallory:ws"), "1001", {}),
           ("no account", swapped(WRITE, 0, "samples/back:w"), "1011", {}),
           ("an account of the other program", swapped(WRITE, 0, "ams:w"), "1008", {}),
           ("no samples", WRITE, "1017", {"data": "u8:1 u64:7 u32:0"}),
           ("no samples and no accounts", [], "1017", {"data": "u8:1 u64:7 u32:0"}),
           ("samples cut short", WRITE, CUT, {"data": "u8:1 u64:7 u32:2 u32:5"})])

