// The ledger with the live program's profile, driven by solana-go. Usage: v034 path/to/doublezero-ledger
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/gagliardetto/solana-go"
	"github.com/gagliardetto/solana-go/rpc"
	"github.com/gagliardetto/solana-go/rpc/jsonrpc"
	"github.com/gagliardetto/solana-go/rpc/ws"
)

const (
	activated, hardDrained, softDrained = 1, 6, 7
	ready, impaired                     = 2, 3
	deviceDrained                       = 5
)

type flow struct {
	context         context.Context
	ledger          *ledger
	client          *rpc.Client
	payer, stranger solana.PrivateKey
}

func (f *flow) sign(signer solana.PrivateKey, instructions ...solana.Instruction) (*solana.Transaction, error) {
	latest, err := f.client.GetLatestBlockhash(f.context, rpc.CommitmentFinalized)
	if err != nil {
		return nil, err
	}
	transaction, err := solana.NewTransaction(instructions, latest.Value.Blockhash, solana.TransactionPayer(signer.PublicKey()))
	if err != nil {
		return nil, err
	}
	_, err = transaction.Sign(func(solana.PublicKey) *solana.PrivateKey { return &signer })
	return transaction, err
}

// Waits as upstream's Go client does: by polling until the status is finalized.
func (f *flow) confirm(signature solana.Signature) error {
	for range 200 {
		statuses, err := f.client.GetSignatureStatuses(f.context, true, signature)
		if err != nil {
			return err
		}
		if status := statuses.Value[0]; status != nil && status.ConfirmationStatus == rpc.ConfirmationStatusFinalized {
			if status.Err != nil {
				return fmt.Errorf("the transaction failed: %v", status.Err)
			}
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("the transaction was not finalized within 4 s")
}

func (f *flow) send(signer solana.PrivateKey, instructions ...solana.Instruction) error {
	transaction, err := f.sign(signer, instructions...)
	if err != nil {
		return err
	}
	signature, err := f.client.SendTransaction(f.context, transaction)
	if err != nil {
		return err
	}
	return f.confirm(signature)
}

func (f *flow) link() (linkRecord, error) {
	account, err := f.client.GetAccountInfo(f.context, entity("link", 6))
	if err != nil {
		return linkRecord{}, err
	}
	return decodeLink(account.Value.Data.GetBinary()), nil
}

func expect[T comparable](what string, found, expected T) error {
	if found == expected {
		return nil
	}
	return fmt.Errorf("%s: expected %v, found %v", what, expected, found)
}

func (f *flow) airdrops() error {
	for _, key := range []solana.PublicKey{f.payer.PublicKey(), f.stranger.PublicKey()} {
		signature, err := f.client.RequestAirdrop(f.context, key, 10_000_000_000, rpc.CommitmentConfirmed)
		if err != nil {
			return err
		}
		if err := f.confirm(signature); err != nil {
			return err
		}
		balance, err := f.client.GetBalance(f.context, key, rpc.CommitmentConfirmed)
		if err != nil {
			return err
		}
		if err := expect("balance", balance.Value, 10_000_000_000); err != nil {
			return err
		}
	}
	return nil
}

func (f *flow) fromInitToAWANLink() error {
	key := f.payer.PublicKey()
	for _, instructions := range [][]solana.Instruction{
		{initGlobalState(key)},
		{setGlobalConfig(key)},
		{createLocation(key, 1, "fra"), createExchange(key, 2, "xfra"), createContributor(key, 3, "co", key)},
		{createDevice(key, 4, 3, "fra-dz001", "45.32.1.1", "45.33.0.0/29")},
		{createDevice(key, 5, 3, "ams-dz001", "45.32.1.2", "45.33.1.0/29")},
		{createInterface(key, 4, 3, "Ethernet1"), createInterface(key, 5, 3, "Ethernet1")},
		{createWANLink(key, 6, "fra:ams", 4, 5, "Ethernet1")},
	} {
		if err := f.send(f.payer, instructions...); err != nil {
			return err
		}
	}
	link, err := f.link()
	return errors.Join(err, expect("link", link, linkRecord{0, "172.16.0.0/31", activated, ready, 1}))
}

func (f *flow) reads() error {
	accounts, err := f.client.GetProgramAccounts(f.context, program)
	if err != nil {
		return err
	}
	var types []byte
	for _, account := range accounts {
		if kind := account.Account.Data.GetBinary()[0]; kind == 5 || kind == 6 {
			types = append(types, kind)
		}
	}
	slices.Sort(types)
	offset, length := uint64(150), uint64(1)
	head, err := f.client.GetAccountInfoWithOpts(f.context, entity("link", 6), &rpc.GetAccountInfoOpts{
		Encoding: solana.EncodingBase64, DataSlice: &rpc.DataSlice{Offset: &offset, Length: &length}})
	if err != nil {
		return err
	}
	packed, err := f.client.GetAccountInfoWithOpts(f.context, entity("link", 6), &rpc.GetAccountInfoOpts{
		Encoding: solana.EncodingBase64Zstd})
	if err != nil {
		return err
	}
	slot, err := f.client.GetSlot(f.context, rpc.CommitmentFinalized)
	if err != nil {
		return err
	}
	_, err = f.client.GetBlockTime(f.context, slot)
	return errors.Join(err, expect("accounts", string(types), "\x05\x05\x06"),
		expect("status", string(head.Value.Data.GetBinary()), "\x01"),
		expect("zstd", decodeLink(packed.Value.Data.GetBinary()).status, activated))
}

func (f *flow) healthToldByASubscription() error {
	client, err := ws.Connect(f.context, f.ledger.ws)
	if err != nil {
		return err
	}
	defer client.Close()
	subscription, err := client.ProgramSubscribeWithOpts(program, rpc.CommitmentConfirmed, solana.EncodingBase64, nil)
	if err != nil {
		return err
	}
	defer subscription.Unsubscribe()
	if err := f.send(f.payer, setLinkHealth(f.payer.PublicKey(), 6, impaired)); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(f.context, 5*time.Second)
	defer cancel()
	told, err := subscription.Recv(limited)
	if err != nil {
		return err
	}
	return errors.Join(expect("account", told.Value.Pubkey, entity("link", 6)),
		expect("health", decodeLink(told.Value.Account.Data.GetBinary()).health, impaired))
}

// As upstream's health oracle sends them: several updates at once, one of them refused, told by its index.
func (f *flow) aBatchWithOneRefused() error {
	key := f.payer.PublicKey()
	refused := setLinkHealth(f.stranger.PublicKey(), 6, ready)
	transaction, err := f.sign(f.stranger, refused)
	if err != nil {
		return err
	}
	if err := f.expectRefusal(transaction, 0, 8); err != nil {
		return err
	}
	missing := setDeviceHealth(key, 4, ready)
	missing.Accounts()[0] = solana.NewAccountMeta(entity("link", 6), true, false)
	transaction, err = f.sign(f.payer, setLinkHealth(key, 6, ready), setDeviceHealth(key, 4, ready), missing)
	if err != nil {
		return err
	}
	return f.expectRefusal(transaction, 2, -1)
}

// code -1: whatever the program calls it.
func (f *flow) expectRefusal(transaction *solana.Transaction, index, code float64) error {
	_, err := f.client.SendTransaction(f.context, transaction)
	var refusal *jsonrpc.RPCError
	if !errors.As(err, &refusal) {
		return fmt.Errorf("expected a JSON-RPC error, found %v", err)
	}
	failure, ok := refusal.Data.(map[string]any)["err"].(map[string]any)["InstructionError"].([]any)
	if !ok || refusal.Code != -32002 {
		return fmt.Errorf("expected -32002 with an InstructionError, found %d %v", refusal.Code, refusal.Data)
	}
	found, err := number(failure[0])
	if err != nil {
		return err
	}
	if code < 0 {
		return expect("index", found, index)
	}
	custom, err := number(failure[1].(map[string]any)["Custom"])
	return errors.Join(err, expect("index", found, index), expect("code", custom, code))
}

func number(value any) (float64, error) {
	switch n := value.(type) {
	case float64:
		return n, nil
	case interface{ Float64() (float64, error) }:
		return n.Float64()
	}
	return 0, fmt.Errorf("expected a number, found %v", value)
}

func (f *flow) aDrainWithoutPreflight() error {
	transaction, err := f.sign(f.payer, updateLinkStatus(f.payer.PublicKey(), 6, softDrained))
	if err != nil {
		return err
	}
	signature, err := f.client.SendTransactionWithOpts(f.context, transaction, rpc.TransactionOpts{SkipPreflight: true})
	if err != nil {
		return err
	}
	if err := f.confirm(signature); err != nil {
		return err
	}
	version := uint64(0)
	record, err := f.client.GetTransaction(f.context, signature, &rpc.GetTransactionOpts{
		Encoding: solana.EncodingBase64, MaxSupportedTransactionVersion: &version})
	if err != nil {
		return err
	}
	link, err := f.link()
	return errors.Join(err, expect("fee", record.Meta.Fee, 5000), expect("status", link.status, softDrained),
		expect("desired status", link.desired, activated))
}

func (f *flow) aDZXLinkAcceptedByTheOtherSide() error {
	key, partner := f.payer.PublicKey(), f.stranger.PublicKey()
	for _, step := range []struct {
		signer       solana.PrivateKey
		instructions []solana.Instruction
	}{
		{f.payer, []solana.Instruction{createContributor(key, 7, "partner", partner), createInterface(key, 4, 3, "Ethernet2")}},
		{f.stranger, []solana.Instruction{createDevice(partner, 8, 7, "lon-dz001", "45.32.1.3", "45.33.2.0/29"),
			createInterface(partner, 8, 7, "Ethernet2")}},
		{f.payer, []solana.Instruction{createDZXLink(key, 9, "fra:lon", 4, 8, "Ethernet2")}},
		{f.stranger, []solana.Instruction{acceptLink(partner, 9, 7, 8, "Ethernet2", 4)}},
		{f.payer, []solana.Instruction{updateLinkStatus(key, 9, hardDrained)}},
		{f.payer, []solana.Instruction{deleteLink(key, 9, 4, 8)}},
	} {
		if err := f.send(step.signer, step.instructions...); err != nil {
			return err
		}
	}
	_, err := f.client.GetAccountInfo(f.context, entity("link", 9))
	return expect("the link", errors.Is(err, rpc.ErrNotFound), true)
}

func (f *flow) nextSlot() (uint64, error) {
	before, err := f.client.GetSlot(f.context, rpc.CommitmentConfirmed)
	for slot := before; err == nil; time.Sleep(20 * time.Millisecond) {
		if slot, err = f.client.GetSlot(f.context, rpc.CommitmentConfirmed); slot != before {
			return slot, err
		}
	}
	return 0, err
}

// In a transaction of version 0, which names the link by its place in a lookup table.
func (f *flow) aDrainByALookupTable() error {
	key := f.payer.PublicKey()
	slot, err := f.nextSlot()
	if err != nil {
		return err
	}
	addresses := []solana.PublicKey{entity("link", 6), globalState}
	table, instructions := makeLookupTable(key, slot-1, addresses)
	if err := f.send(f.payer, instructions...); err != nil {
		return err
	}
	if _, err := f.nextSlot(); err != nil { // from which on the addresses serve
		return err
	}
	latest, err := f.client.GetLatestBlockhash(f.context, rpc.CommitmentFinalized)
	if err != nil {
		return err
	}
	transaction, err := solana.NewTransaction([]solana.Instruction{updateLinkStatus(key, 6, hardDrained)},
		latest.Value.Blockhash, solana.TransactionPayer(key),
		solana.TransactionAddressTables(map[solana.PublicKey]solana.PublicKeySlice{table: addresses}))
	if err != nil {
		return err
	}
	if _, err := transaction.Sign(func(solana.PublicKey) *solana.PrivateKey { return &f.payer }); err != nil {
		return err
	}
	signature, err := f.client.SendTransaction(f.context, transaction)
	if err != nil {
		return err
	}
	if err := f.confirm(signature); err != nil {
		return err
	}
	version := uint64(0)
	record, err := f.client.GetTransaction(f.context, signature, &rpc.GetTransactionOpts{
		Encoding: solana.EncodingBase64, MaxSupportedTransactionVersion: &version})
	if err != nil {
		return err
	}
	loaded := record.Meta.LoadedAddresses
	link, err := f.link()
	return errors.Join(err, expect("status", link.status, hardDrained), expect("version", record.Version, 0),
		expect("loaded accounts", len(loaded.Writable)+len(loaded.ReadOnly), 2),
		expect("the link", loaded.Writable[0], entity("link", 6)))
}

func (f *flow) deleteLinkAndDevice() error {
	key := f.payer.PublicKey()
	for _, instructions := range [][]solana.Instruction{
		{deleteLink(key, 6, 4, 5)},
		{updateDeviceStatus(key, 4, deviceDrained)},
		{deleteInterface(key, 4, "Ethernet1"), deleteInterface(key, 4, "Ethernet2")},
		{deleteDevice(key, 4)},
	} {
		if err := f.send(f.payer, instructions...); err != nil {
			return err
		}
	}
	_, err := f.client.GetAccountInfo(f.context, entity("device", 4))
	return expect("the device", errors.Is(err, rpc.ErrNotFound), true)
}

func main() {
	started, err := startLedger(os.Args[1])
	if err != nil {
		fmt.Println("FAIL ", err)
		os.Exit(1)
	}
	limited, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	f := &flow{limited, started, rpc.New(started.http), solana.NewWallet().PrivateKey, solana.NewWallet().PrivateKey}
	tests := []struct {
		name string
		run  func() error
	}{
		{"airdrops", f.airdrops},
		{"from init to a WAN link", f.fromInitToAWANLink},
		{"reads", f.reads},
		{"health told by a subscription", f.healthToldByASubscription},
		{"a batch with one refused", f.aBatchWithOneRefused},
		{"a drain without preflight", f.aDrainWithoutPreflight},
		{"a DZX link accepted by the other side", f.aDZXLinkAcceptedByTheOtherSide},
		{"a drain by a lookup table", f.aDrainByALookupTable},
		{"link and device deleted", f.deleteLinkAndDevice},
		{"a clean stop", started.stop},
	}
	failures := 0
	for _, test := range tests {
		if err := test.run(); err != nil {
			failures++
			fmt.Printf("FAIL  %s: %v\n", test.name, err)
			continue
		}
		fmt.Printf("ok    %s\n", test.name)
	}
	if failures > 0 {
		fmt.Printf("%d failed\n", failures)
		os.Exit(1)
	}
	fmt.Printf("%d passed\n", len(tests))
}
