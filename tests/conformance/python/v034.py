"""The ledger with the live program's profile, driven by solana-py and solders. Usage: v034.py path/to/doublezero-ledger"""
import asyncio
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

from solana.rpc.api import Client
from solana.rpc.commitment import Confirmed, Finalized
from solana.rpc.core import RPCException
from solana.rpc.types import DataSliceOpts, MemcmpOpts, TxOpts
from solana.rpc.websocket_api import connect
from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.keypair import Keypair
from solders.message import MessageV0
from solders.rpc.errors import SendTransactionPreflightFailureMessage
from solders.transaction import Transaction, VersionedTransaction

import serviceability as dz

ACTIVATED, REQUESTED, HARD_DRAINED, SOFT_DRAINED, READY, IMPAIRED, DEVICE_DRAINED = 1, 5, 6, 7, 2, 3, 5


class Ledger:
    """A doublezero-ledger on ports of the system's choice, with a folder of its own."""

    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory(prefix="dz-conformance-")
        ports = pathlib.Path(self.folder.name) / "ports.json"
        self.process = subprocess.Popen([binary, "--data", self.folder.name + "/ledger", "--rpc-port", "0",
                                         "--ports-file", str(ports), "--profile", "v0.34"], stderr=subprocess.PIPE)
        for _ in range(1000):
            if ports.exists() or self.process.poll() is not None:
                break
            time.sleep(0.01)
        if not ports.exists():
            raise SystemExit(f"{binary} did not start:\n{self.process.stderr.read().decode()}")
        found = json.loads(ports.read_text())
        self.http, self.ws = f"http://127.0.0.1:{found['rpc']}", f"ws://127.0.0.1:{found['ws']}"

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=30)
        self.folder.cleanup()
        return code


class Flow:
    def __init__(self, ledger):
        self.ledger, self.client = ledger, Client(ledger.http, commitment=Confirmed)
        self.payer, self.stranger = Keypair(), Keypair()

    def send(self, signer, *instructions):
        blockhash = self.client.get_latest_blockhash().value.blockhash
        transaction = Transaction.new_signed_with_payer(list(instructions), signer.pubkey(), [signer], blockhash)
        return self.client.send_raw_transaction(bytes(transaction), opts=TxOpts(preflight_commitment=Confirmed)).value

    def land(self, signer, *instructions):
        signature = self.send(signer, *instructions)
        self.client.confirm_transaction(signature, Finalized, sleep_seconds=0.05)
        return signature

    def link(self, index=6):
        return dz.decode_link(self.client.get_account_info(dz.entity("link", index)).value.data)

    def next_slot(self):
        slot = self.client.get_slot().value
        while (found := self.client.get_slot().value) == slot:
            time.sleep(0.02)
        return found

    def is_gone(self, kind, index):
        return self.client.get_account_info(dz.entity(kind, index)).value is None

    def test_airdrops(self):
        for key in (self.payer.pubkey(), self.stranger.pubkey()):
            self.client.confirm_transaction(self.client.request_airdrop(key, 10**10).value, sleep_seconds=0.05)
            assert self.client.get_balance(key).value == 10**10

    def test_from_init_to_a_wan_link(self):
        key = self.payer.pubkey()
        self.land(self.payer, dz.init_global_state(key))
        self.land(self.payer, dz.set_global_config(key))
        self.land(self.payer, dz.create_location(key, 1, "fra"), dz.create_exchange(key, 2, "xfra"),
                  dz.create_contributor(key, 3, "co"))
        self.land(self.payer, dz.create_device(key, 4, "fra-dz001", "45.32.1.1", "45.33.0.0/29"))
        self.land(self.payer, dz.create_device(key, 5, "ams-dz001", "45.32.1.2", "45.33.1.0/29"))
        self.land(self.payer, dz.create_interface(key, 4, "Ethernet1"), dz.create_interface(key, 5, "Ethernet1"))
        made = self.land(self.payer, dz.create_wan_link(key, 6, "fra:ams", 4, 5, "Ethernet1"))
        assert self.link() == {"tunnel": (0, "172.16.0.0/31"), "status": ACTIVATED, "health": READY, "desired": 1}
        record = self.client.get_transaction(made, max_supported_transaction_version=0).value
        assert record.transaction.meta.err is None and record.block_time > 1_600_000_000
        history = self.client.get_signatures_for_address(dz.entity("link", 6)).value
        assert [entry.signature for entry in history] == [made]

    def test_reads(self):
        accounts = self.client.get_program_accounts(dz.PROGRAM, encoding="base64").value
        assert sorted(account.account.data[0] for account in accounts if account.account.data[0] in (5, 6)) == [5, 5, 6]
        devices = self.client.get_program_accounts(dz.PROGRAM, encoding="base64",
                                                   filters=[MemcmpOpts(offset=0, bytes="6")]).value
        assert {d.pubkey for d in devices} == {dz.entity("device", 4), dz.entity("device", 5)}
        head = self.client.get_account_info(dz.entity("link", 6), data_slice=DataSliceOpts(offset=150, length=1))
        assert head.value.data == bytes([ACTIVATED])
        packed = self.client.get_account_info(dz.entity("link", 6), encoding="base64+zstd").value.data
        assert packed == self.client.get_account_info(dz.entity("link", 6)).value.data
        epoch = self.client.get_epoch_info().value
        assert epoch.slots_in_epoch == 432_000

    def test_health_told_by_a_subscription(self):
        async def hear():
            async with connect(self.ledger.ws) as socket:
                await socket.program_subscribe(dz.PROGRAM, commitment=Confirmed, encoding="base64")
                first = (await socket.recv())[0].result
                self.land(self.payer, dz.set_link_health(self.payer.pubkey(), 6, IMPAIRED))
                told = (await asyncio.wait_for(socket.recv(), 5))[0].result.value
                await socket.program_unsubscribe(first)
                return told
        told = asyncio.run(hear())
        assert told.pubkey == dz.entity("link", 6)
        assert dz.decode_link(told.account.data)["health"] == IMPAIRED
        assert self.link()["status"] == ACTIVATED

    def test_refused_transactions(self):
        allowed = dz.set_link_health(self.stranger.pubkey(), 6, READY)
        try:
            self.send(self.stranger, allowed, allowed)
        except RPCException as error:
            failure = error.args[0]
            assert isinstance(failure, SendTransactionPreflightFailureMessage), failure
            assert failure.data.err.index == 0 and failure.data.err.err.code == 8
            assert failure.data.logs[-1] == f"Program {dz.PROGRAM} failed: custom program error: 0x8"
        else:
            raise AssertionError("a stranger's health was accepted")
        assert self.link()["health"] == IMPAIRED

    def test_drain_without_preflight(self):
        blockhash = self.client.get_latest_blockhash().value.blockhash
        drain = dz.update_link_status(self.payer.pubkey(), 6, SOFT_DRAINED)
        transaction = Transaction.new_signed_with_payer([drain], self.payer.pubkey(), [self.payer], blockhash)
        signature = self.client.send_raw_transaction(bytes(transaction), opts=TxOpts(skip_preflight=True)).value
        self.client.confirm_transaction(signature, Finalized, sleep_seconds=0.05)
        status = self.client.get_signature_statuses([signature], search_transaction_history=True).value[0]
        assert status.err is None and str(status.confirmation_status).endswith("Finalized")
        assert self.link()["status"] == SOFT_DRAINED and self.link()["desired"] == 1

    def test_a_dzx_link_accepted_by_the_other_side(self):
        key, partner = self.payer.pubkey(), self.stranger.pubkey()
        self.land(self.payer, dz.create_contributor(key, 7, "partner", partner), dz.create_interface(key, 4, "Ethernet2"))
        self.land(self.stranger, dz.create_device(partner, 8, "lon-dz001", "45.32.1.3", "45.33.2.0/29", 7),
                  dz.create_interface(partner, 8, "Ethernet2", 7))
        self.land(self.payer, dz.create_dzx_link(key, 9, "fra:lon", 4, 8, "Ethernet2"))
        assert self.link(9)["status"] == REQUESTED
        self.land(self.stranger, dz.accept_link(partner, 9, 7, 8, "Ethernet2", 4))
        assert self.link(9)["status"] == ACTIVATED

    def test_version_0_by_way_of_a_lookup_table(self):
        key, addresses = self.payer.pubkey(), [dz.entity("link", 9), dz.GLOBAL_STATE]
        table, instructions = dz.make_lookup_table(key, self.next_slot() - 1, addresses)
        self.land(self.payer, *instructions)
        self.next_slot()  # from which on the addresses serve
        blockhash = self.client.get_latest_blockhash().value.blockhash
        drain = dz.update_link_status(key, 9, HARD_DRAINED)
        message = MessageV0.try_compile(key, [drain], [AddressLookupTableAccount(table, addresses)], blockhash)
        assert addresses[0] not in message.account_keys
        signature = self.client.send_transaction(VersionedTransaction(message, [self.payer])).value
        self.client.confirm_transaction(signature, Finalized, sleep_seconds=0.05)
        assert self.link(9)["status"] == HARD_DRAINED
        record = self.client.get_transaction(signature, max_supported_transaction_version=0).value
        assert record.transaction.version == 0
        assert record.transaction.meta.loaded_addresses.writable == addresses

    def test_delete_links_interfaces_and_device(self):
        key = self.payer.pubkey()
        self.land(self.payer, dz.delete_link(key, 9, 4, 8), dz.delete_link(key, 6, 4, 5))
        assert self.is_gone("link", 9) and self.is_gone("link", 6)
        self.land(self.payer, dz.update_device_status(key, 4, DEVICE_DRAINED))
        self.land(self.payer, dz.delete_interface(key, 4, "Ethernet1"), dz.delete_interface(key, 4, "Ethernet2"))
        self.land(self.payer, dz.delete_device(key, 4))
        assert self.is_gone("device", 4)


def main():
    ledger = Ledger(sys.argv[1])
    flow, failures = Flow(ledger), 0
    tests = [(name[5:].replace("_", " "), test) for name, test in Flow.__dict__.items() if name.startswith("test_")]
    for name, test in tests:
        try:
            test(flow)
            print(f"ok    {name}", flush=True)
        except Exception:  # whatever a client library raises is a failure of that test
            failures += 1
            print(f"FAIL  {name}\n{traceback.format_exc()}", flush=True)
    if code := ledger.stop():
        failures += 1
        print(f"FAIL  a clean stop: exit code {code}")
    print(f"{failures} failed" if failures else f"{len(tests)} passed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
