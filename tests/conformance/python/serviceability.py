"""The instructions of the serviceability program that v034.py sends, encoded by hand from docs/formats, and the fields
of accounts that it checks."""
import ipaddress
import struct

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

PROGRAM = Pubkey.from_string("7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX")
SYSTEM = Pubkey.from_string("11111111111111111111111111111111")
LOOKUP_TABLES = Pubkey.from_string("AddressLookupTab1e1111111111111111111111111")
NONE = b"\0"


def text(value):
    return struct.pack("<I", len(value.encode())) + value.encode()


def net(value):
    address, prefix = value.split("/")
    return ipaddress.IPv4Address(address).packed + bytes([int(prefix)])


def pda(*seeds):
    return Pubkey.find_program_address([b"doublezero", *seeds], PROGRAM)[0]


def entity(kind, index):
    return pda(kind.encode(), index.to_bytes(16, "little"))


def of_device(kind, index):
    return pda(kind.encode(), bytes(entity("device", index)), (0).to_bytes(8, "little"))


GLOBAL_STATE, GLOBAL_CONFIG, PROGRAM_CONFIG = pda(b"globalstate"), pda(b"config"), pda(b"programconfig")
TUNNEL_BLOCK, LINK_IDS, SEGMENT_IDS = pda(b"devicetunnelblock"), pda(b"linkids"), pda(b"segmentroutingids")


def instruction(payer, data, *accounts):
    """As upstream's Rust clients do it: every account writable, then the payer and the system program."""
    metas = [AccountMeta(key, False, True) for key in accounts]
    return Instruction(PROGRAM, data, metas + [AccountMeta(payer, True, True), AccountMeta(SYSTEM, False, False)])


def init_global_state(payer):
    return instruction(payer, b"\x01", PROGRAM_CONFIG, GLOBAL_STATE)


def set_global_config(payer):
    data = b"\x03" + struct.pack("<II", 65000, 65001) + net("172.16.0.0/16") + net("169.254.0.0/16")
    data += net("233.84.178.0/24") + NONE + net("148.51.120.0/21")
    pools = [pda(name) for name in (b"devicetunnelblock", b"usertunnelblock", b"multicastgroupblock", b"linkids",
                                    b"segmentroutingids", b"multicastpublisherblock", b"vrfids", b"admingroupbits")]
    return instruction(payer, data, GLOBAL_CONFIG, GLOBAL_STATE, *pools)


def create_location(payer, index, code):
    data = b"\x0a" + text(code) + text(code) + text("DE") + struct.pack("<ddI", 50.1, 8.6, 1)
    return instruction(payer, data, entity("location", index), GLOBAL_STATE)


def create_exchange(payer, index, code):
    data = b"\x0f" + text(code) + text(code) + struct.pack("<ddH", 50.1, 8.6, 0)
    return instruction(payer, data, entity("exchange", index), GLOBAL_CONFIG, GLOBAL_STATE)


def create_contributor(payer, index, code, owner=None):
    return instruction(payer, b"\x3c" + text(code), entity("contributor", index), owner or payer, GLOBAL_STATE)


def create_device(payer, index, code, public_ip, prefix, contributor=3):
    """At location 1 and exchange 2."""
    data = b"\x14" + text(code) + b"\0" + ipaddress.IPv4Address(public_ip).packed + struct.pack("<I", 1) + net(prefix)
    data += bytes(payer) + text("default") + NONE + b"\x02"
    return instruction(payer, data, entity("device", index), entity("contributor", contributor), entity("location", 1),
                       entity("exchange", 2), GLOBAL_STATE, GLOBAL_CONFIG, of_device("tunnelids", index),
                       of_device("dzprefixblock", index))


def create_interface(payer, device, name, contributor=3):
    data = b"\x49" + text(name) + struct.pack("<BH", 0, 0) + NONE + b"\0\0\0"
    data += struct.pack("<QQHB", 10_000_000_000, 0, 9000, 0) + b"\x01\0"
    return instruction(payer, data, entity("device", device), entity("contributor", contributor), GLOBAL_STATE,
                       TUNNEL_BLOCK, SEGMENT_IDS)


def create_dzx_link(payer, index, code, side_a, side_z, name):
    """To another contributor's device, which names its interface when it accepts."""
    data = b"\x1c" + text(code) + struct.pack("<BQIQQ", 127, 10_000_000_000, 9000, 1_000_000, 100_000)
    data += text(name) + NONE + NONE + b"\x01"
    return instruction(payer, data, entity("link", index), entity("contributor", 3), entity("device", side_a),
                       entity("device", side_z), GLOBAL_STATE, pda(b"topology", b"UNICAST-DEFAULT"), TUNNEL_BLOCK,
                       LINK_IDS)


def accept_link(payer, index, contributor, side_z, name, side_a):
    return instruction(payer, b"\x42" + text(name) + b"\x01", entity("link", index), entity("contributor", contributor),
                       entity("device", side_z), GLOBAL_STATE, entity("device", side_a), TUNNEL_BLOCK, LINK_IDS)


def delete_link(payer, index, side_a, side_z):
    return instruction(payer, b"\x22\x01", entity("link", index), entity("contributor", 3), GLOBAL_STATE,
                       entity("device", side_a), entity("device", side_z), TUNNEL_BLOCK, LINK_IDS, payer)


def update_device_status(payer, device, status):
    data = b"\x17" + bytes(9) + bytes([1, status]) + bytes(16)
    return instruction(payer, data, entity("device", device), entity("contributor", 3), GLOBAL_STATE)


def delete_interface(payer, device, name):
    return instruction(payer, b"\x4a" + text(name) + b"\x01", entity("device", device), entity("contributor", 3),
                       GLOBAL_STATE, TUNNEL_BLOCK, SEGMENT_IDS)


def delete_device(payer, device):
    return instruction(payer, b"\x1a\x02", entity("device", device), entity("contributor", 3), GLOBAL_STATE,
                       entity("location", 1), entity("exchange", 2), of_device("tunnelids", device),
                       of_device("dzprefixblock", device), payer, payer, payer)


def make_lookup_table(payer, slot, addresses):
    """Its address, and the instructions that create it with these addresses. slot: a recent one."""
    seed = struct.pack("<Q", slot)
    table, bump = Pubkey.find_program_address([bytes(payer), seed], LOOKUP_TABLES)
    metas = [AccountMeta(table, False, True), AccountMeta(payer, True, False), AccountMeta(payer, True, True),
             AccountMeta(SYSTEM, False, False)]
    keys = struct.pack("<IQ", 2, len(addresses)) + b"".join(bytes(key) for key in addresses)
    return table, [Instruction(LOOKUP_TABLES, struct.pack("<I", 0) + seed + bytes([bump]), metas),
                   Instruction(LOOKUP_TABLES, keys, metas)]


def create_wan_link(payer, index, code, side_a, side_z, name):
    data = b"\x1c" + text(code) + struct.pack("<BQIQQ", 1, 10_000_000_000, 9000, 1_000_000, 100_000)
    data += text(name) + b"\x01" + text(name) + NONE + b"\x01"
    return instruction(payer, data, entity("link", index), entity("contributor", 3), entity("device", side_a),
                       entity("device", side_z), GLOBAL_STATE, pda(b"topology", b"UNICAST-DEFAULT"), TUNNEL_BLOCK,
                       LINK_IDS)


def set_link_health(payer, link, health):
    return instruction(payer, bytes([0x54, health]), entity("link", link), GLOBAL_STATE)


def update_link_status(payer, link, status):
    data = b"\x1f" + bytes(7) + bytes([1, status]) + bytes(7)
    return instruction(payer, data, entity("link", link), entity("contributor", 3), GLOBAL_STATE)


def decode_link(data):
    """Tunnel, status, health and desired status of a link account."""
    tunnel_id, status = struct.unpack_from("<H", data, 143)[0], data[150]
    tunnel_net = f"{ipaddress.IPv4Address(data[145:149])}/{data[149]}"
    at = 151
    for skip in (32, 0, 8):  # contributor after the code; delay override after the second interface's name
        at += 4 + struct.unpack_from("<I", data, at)[0] + skip
    return {"tunnel": (tunnel_id, tunnel_net), "status": status, "health": data[at], "desired": data[at + 1]}
