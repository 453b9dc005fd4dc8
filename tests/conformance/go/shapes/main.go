// Asks a ledger by solana-go, section by section of src/ledger/client_shapes/go.txt. What was asked is recorded between
// the two, by ../../shapes/record.py, which also says who drives what.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/gagliardetto/solana-go"
	"github.com/gagliardetto/solana-go/rpc"
)

type driver struct {
	context         context.Context
	client, aside   *rpc.Client // what is asked aside is not recorded
	program         solana.PublicKey
	location        solana.PublicKey
	payer, stranger solana.PrivateKey
	named           int
}

func check(err error) {
	if err != nil {
		fmt.Println("FAIL ", err)
		os.Exit(1)
	}
}

// To the recorder, which passes it on to nobody.
func note(format string, values ...any) {
	answer, err := http.Post(os.Getenv("DZ_URL")+"/note", "text/plain", strings.NewReader(fmt.Sprintf(format, values...)))
	check(err)
	check(answer.Body.Close())
}

func (d *driver) hash() solana.Hash {
	latest, err := d.aside.GetLatestBlockhash(d.context, rpc.CommitmentFinalized)
	check(err)
	return latest.Value.Blockhash
}

// Gives the location a name that it never had.
func (d *driver) rename(signer solana.PrivateKey) solana.Instruction {
	d.named++
	name := fmt.Sprintf("F%d", d.named)
	state, _, err := solana.FindProgramAddress([][]byte{[]byte("doublezero"), []byte("globalstate")}, d.program)
	check(err)
	data := append([]byte{11, 0, 1, byte(len(name)), 0, 0, 0}, name...)
	return solana.NewInstruction(d.program, solana.AccountMetaSlice{
		solana.Meta(d.location).WRITE(), solana.Meta(state), solana.Meta(signer.PublicKey()).WRITE().SIGNER(), solana.Meta(solana.SystemProgramID),
	}, append(data, 0, 0, 0, 0))
}

// Of one lamport.
func gift(from, to solana.PublicKey) solana.Instruction {
	return solana.NewInstruction(solana.SystemProgramID, solana.AccountMetaSlice{solana.Meta(from).WRITE().SIGNER(), solana.Meta(to).WRITE()},
		[]byte{2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0})
}

func (d *driver) transaction(name string, signer solana.PrivateKey, hash solana.Hash, instructions ...solana.Instruction) *solana.Transaction {
	made, err := solana.NewTransaction(instructions, hash, solana.TransactionPayer(signer.PublicKey()))
	check(err)
	_, err = made.Sign(func(solana.PublicKey) *solana.PrivateKey { return &signer })
	check(err)
	noteTransaction(name, made)
	return made
}

func noteTransaction(name string, made *solana.Transaction) {
	text, err := made.ToBase64()
	check(err)
	note("%s %s", name, text)
	note("%s_SIGNATURE %s", name, made.Signatures[0])
}

func (d *driver) reads() {
	note("== all accounts of the program")
	found, err := d.client.GetProgramAccountsWithOpts(d.context, d.program, &rpc.GetProgramAccountsOpts{
		Encoding: solana.EncodingBase64, Filters: []rpc.RPCFilter{{Memcmp: &rpc.RPCFilterMemcmp{Offset: 0, Bytes: solana.Base58{3}}}}})
	check(err)
	fmt.Println(len(found), "locations")
	note("== the head of an account, as for the telemetry accounts")
	offset, length := uint64(0), uint64(4)
	head, err := d.client.GetAccountInfoWithOpts(d.context, d.location, &rpc.GetAccountInfoOpts{
		Encoding: solana.EncodingBase64, DataSlice: &rpc.DataSlice{Offset: &offset, Length: &length}})
	check(err)
	fmt.Println(len(head.Value.Data.GetBinary()), "bytes")
}

func (d *driver) writes() {
	note("== a write, with preflight")
	latest, err := d.client.GetLatestBlockhash(d.context, rpc.CommitmentFinalized)
	check(err)
	update := d.transaction("GO_UPDATE", d.payer, latest.Value.Blockhash, d.rename(d.payer))
	signature, err := d.client.SendTransaction(d.context, update)
	check(err)
	for {
		statuses, err := d.aside.GetSignatureStatuses(d.context, true, signature)
		check(err)
		if status := statuses.Value[0]; status != nil && status.ConfirmationStatus == rpc.ConfirmationStatusFinalized {
			break
		}
	}
	version := uint64(0)
	_, err = d.client.GetTransaction(d.context, signature, &rpc.GetTransactionOpts{
		Encoding: solana.EncodingBase64, Commitment: rpc.CommitmentFinalized, MaxSupportedTransactionVersion: &version})
	check(err)
	forged := signature
	forged[63] ^= 1
	note("FORGED_SIGNATURE %s", forged)
	_, err = d.client.GetSignatureStatuses(d.context, true, signature, forged)
	check(err)

	note("== a batch with one update that is refused: the index says which to drop")
	batch := d.transaction("GO_BATCH_REFUSED", d.stranger, d.hash(), gift(d.stranger.PublicKey(), d.payer.PublicKey()), d.rename(d.stranger), d.rename(d.stranger))
	_, err = d.client.SendTransaction(d.context, batch)
	fmt.Println(err != nil)
	_, err = d.client.GetSignatureStatuses(d.context, true, batch.Signatures[0])
	check(err)

	note("== what preflight refuses before anything is executed")
	nobody := solana.NewWallet().PrivateKey
	refused := []*solana.Transaction{
		d.transaction("STALE", d.payer, solana.Hash{}, d.rename(d.payer)),
		d.transaction("UNFUNDED", nobody, d.hash(), gift(nobody.PublicKey(), d.payer.PublicKey())),
		d.transaction("REPEATED", d.payer, d.hash(), d.rename(d.payer)),
		d.transaction("FORGED", d.payer, d.hash(), d.rename(d.payer)),
	}
	_, err = d.aside.SendTransaction(d.context, refused[2])
	check(err)
	refused[3].Signatures[0][63] ^= 1
	noteTransaction("FORGED", refused[3])
	for _, one := range refused {
		_, err = d.client.SendTransaction(d.context, one)
		fmt.Println(err != nil)
	}

	note("== telemetry starts an account without preflight")
	update = d.transaction("GO_UPDATE", d.payer, d.hash(), d.rename(d.payer))
	_, err = d.client.SendTransactionWithOpts(d.context, update, rpc.TransactionOpts{SkipPreflight: true})
	check(err)
}

func (d *driver) chain() {
	note("== the epoch finder and the health oracle: slots, their times, epochs")
	slot, err := d.client.GetSlot(d.context, rpc.CommitmentFinalized)
	check(err)
	note("SLOT_LONG_AGO %d", slot)
	_, err = d.client.GetBlockTime(d.context, slot)
	check(err)
	_, err = d.client.GetEpochSchedule(d.context)
	check(err)
	_, err = d.client.GetEpochInfo(d.context, rpc.CommitmentFinalized)
	check(err)
	limit, oldest := 1000, uint64(1)
	all, err := d.client.GetSignaturesForAddressWithOpts(d.context, d.location, &rpc.GetSignaturesForAddressOpts{Limit: &limit})
	check(err)
	note("FAILED %s", all[0].Signature)
	note("LANDED %s", all[len(all)-1].Signature)
	_, err = d.client.GetSignaturesForAddressWithOpts(d.context, d.location, &rpc.GetSignaturesForAddressOpts{
		Limit: &limit, Before: all[0].Signature, Until: all[len(all)-1].Signature, Commitment: rpc.CommitmentConfirmed, MinContextSlot: &oldest})
	check(err)
	note("== the funder")
	_, err = d.client.GetBalance(d.context, d.payer.PublicKey(), rpc.CommitmentFinalized)
	check(err)
	_, err = d.client.GetMinimumBalanceForRentExemption(d.context, 0, rpc.CommitmentFinalized)
	check(err)
	_, err = d.client.RequestAirdrop(d.context, d.payer.PublicKey(), 1_000_000, rpc.CommitmentFinalized)
	check(err)
}

func main() {
	key := func(name string) solana.PrivateKey {
		read, err := solana.PrivateKeyFromSolanaKeygenFile(os.Getenv(name))
		check(err)
		return read
	}
	d := &driver{context.Background(), rpc.New(os.Getenv("DZ_URL")), rpc.New(os.Getenv("DZ_LEDGER")),
		solana.MustPublicKeyFromBase58(os.Getenv("DZ_PROGRAM")), solana.MustPublicKeyFromBase58(os.Getenv("DZ_LOCATION")),
		key("DZ_PAYER"), key("DZ_STRANGER"), 0}
	note("SERVICEABILITY %s", d.program)
	note("LOCATION %s", d.location)
	note("PAYER %s", d.payer.PublicKey())
	d.reads()
	d.writes()
	d.chain()
}
