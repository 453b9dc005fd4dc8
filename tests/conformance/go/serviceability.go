// The instructions of the serviceability program that main.go sends, encoded by hand from docs/formats, and the fields
// of accounts that it checks.
package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"

	"github.com/gagliardetto/solana-go"
)

var (
	program      = solana.MustPublicKeyFromBase58("7CTniUa88iJKUHTrCkB4TjAoG6TD7AMivhQeuqN2LPtX")
	globalState  = pda([]byte("globalstate"))
	globalConfig = pda([]byte("config"))
	programConf  = pda([]byte("programconfig"))
	tunnelBlock  = pda([]byte("devicetunnelblock"))
	linkIDs      = pda([]byte("linkids"))
	segmentIDs   = pda([]byte("segmentroutingids"))
)

func join(parts ...[]byte) (out []byte) {
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}

func u16(n uint16) []byte  { return binary.LittleEndian.AppendUint16(nil, n) }
func u32(n uint32) []byte  { return binary.LittleEndian.AppendUint32(nil, n) }
func u64(n uint64) []byte  { return binary.LittleEndian.AppendUint64(nil, n) }
func f64(n float64) []byte { return u64(math.Float64bits(n)) }
func text(s string) []byte { return join(u32(uint32(len(s))), []byte(s)) }
func ip(s string) []byte   { return netip.MustParseAddr(s).AsSlice() }
func network(s string) []byte {
	prefix := netip.MustParsePrefix(s)
	return append(prefix.Addr().AsSlice(), byte(prefix.Bits()))
}

func pda(seeds ...[]byte) solana.PublicKey {
	key, _, err := solana.FindProgramAddress(append([][]byte{[]byte("doublezero")}, seeds...), program)
	if err != nil {
		panic(err)
	}
	return key
}

func entity(kind string, index uint64) solana.PublicKey {
	return pda([]byte(kind), join(u64(index), u64(0)))
}

func ofDevice(kind string, index uint64) solana.PublicKey {
	return pda([]byte(kind), entity("device", index).Bytes(), u64(0))
}

// As upstream's Go client does it: GlobalState and the system program are read only.
func instruction(payer solana.PublicKey, data []byte, accounts ...solana.PublicKey) solana.Instruction {
	var metas solana.AccountMetaSlice
	for _, key := range accounts {
		metas = append(metas, solana.NewAccountMeta(key, key != globalState, false))
	}
	metas = append(metas, solana.NewAccountMeta(payer, true, true), solana.NewAccountMeta(solana.SystemProgramID, false, false))
	return solana.NewInstruction(program, metas, data)
}

// Instructions that change GlobalState need it writable.
func writingGlobalState(made solana.Instruction) solana.Instruction {
	for _, meta := range made.Accounts() {
		meta.IsWritable = meta.IsWritable || meta.PublicKey == globalState
	}
	return made
}

func initGlobalState(payer solana.PublicKey) solana.Instruction {
	return writingGlobalState(instruction(payer, []byte{1}, programConf, globalState))
}

func setGlobalConfig(payer solana.PublicKey) solana.Instruction {
	data := join([]byte{3}, u32(65000), u32(65001), network("172.16.0.0/16"), network("169.254.0.0/16"),
		network("233.84.178.0/24"), []byte{0}, network("148.51.120.0/21"))
	accounts := []solana.PublicKey{globalConfig, globalState}
	for _, name := range []string{"devicetunnelblock", "usertunnelblock", "multicastgroupblock", "linkids",
		"segmentroutingids", "multicastpublisherblock", "vrfids", "admingroupbits"} {
		accounts = append(accounts, pda([]byte(name)))
	}
	return instruction(payer, data, accounts...)
}

func createLocation(payer solana.PublicKey, index uint64, code string) solana.Instruction {
	data := join([]byte{10}, text(code), text(code), text("DE"), f64(50.1), f64(8.6), u32(1))
	return writingGlobalState(instruction(payer, data, entity("location", index), globalState))
}

func createExchange(payer solana.PublicKey, index uint64, code string) solana.Instruction {
	data := join([]byte{15}, text(code), text(code), f64(50.1), f64(8.6), u16(0))
	return writingGlobalState(instruction(payer, data, entity("exchange", index), globalConfig, globalState))
}

func createContributor(payer solana.PublicKey, index uint64, code string, owner solana.PublicKey) solana.Instruction {
	return writingGlobalState(instruction(payer, join([]byte{60}, text(code)), entity("contributor", index), owner, globalState))
}

// At location 1 and exchange 2.
func createDevice(payer solana.PublicKey, index, contributor uint64, code, publicIP, prefix string) solana.Instruction {
	data := join([]byte{20}, text(code), []byte{0}, ip(publicIP), u32(1), network(prefix), payer.Bytes(), text("default"),
		[]byte{0, 2})
	return writingGlobalState(instruction(payer, data, entity("device", index), entity("contributor", contributor),
		entity("location", 1), entity("exchange", 2), globalState, globalConfig, ofDevice("tunnelids", index),
		ofDevice("dzprefixblock", index)))
}

func createInterface(payer solana.PublicKey, device, contributor uint64, name string) solana.Instruction {
	data := join([]byte{73}, text(name), []byte{0}, u16(0), []byte{0, 0, 0, 0}, u64(10_000_000_000), u64(0), u16(9000),
		[]byte{0, 1, 0})
	return instruction(payer, data, entity("device", device), entity("contributor", contributor), globalState, tunnelBlock,
		segmentIDs)
}

// To another contributor's device, which names its interface when it accepts.
func createDZXLink(payer solana.PublicKey, index uint64, code string, sideA, sideZ uint64, name string) solana.Instruction {
	data := join([]byte{28}, text(code), []byte{127}, u64(10_000_000_000), u32(9000), u64(1_000_000), u64(100_000),
		text(name), []byte{0, 0, 1})
	return writingGlobalState(instruction(payer, data, entity("link", index), entity("contributor", 3),
		entity("device", sideA), entity("device", sideZ), globalState, pda([]byte("topology"), []byte("UNICAST-DEFAULT")),
		tunnelBlock, linkIDs))
}

func acceptLink(payer solana.PublicKey, index, contributor, sideZ uint64, name string, sideA uint64) solana.Instruction {
	return instruction(payer, join([]byte{66}, text(name), []byte{1}), entity("link", index),
		entity("contributor", contributor), entity("device", sideZ), globalState, entity("device", sideA), tunnelBlock, linkIDs)
}

func createWANLink(payer solana.PublicKey, index uint64, code string, sideA, sideZ uint64, name string) solana.Instruction {
	data := join([]byte{28}, text(code), []byte{1}, u64(10_000_000_000), u32(9000), u64(1_000_000), u64(100_000),
		text(name), []byte{1}, text(name), []byte{0, 1})
	return writingGlobalState(instruction(payer, data, entity("link", index), entity("contributor", 3),
		entity("device", sideA), entity("device", sideZ), globalState, pda([]byte("topology"), []byte("UNICAST-DEFAULT")),
		tunnelBlock, linkIDs))
}

func setLinkHealth(payer solana.PublicKey, link uint64, health byte) solana.Instruction {
	return instruction(payer, []byte{84, health}, entity("link", link), globalState)
}

func setDeviceHealth(payer solana.PublicKey, device uint64, health byte) solana.Instruction {
	return instruction(payer, []byte{83, health}, entity("device", device), globalState)
}

func updateLinkStatus(payer solana.PublicKey, link uint64, status byte) solana.Instruction {
	data := join([]byte{31}, make([]byte, 7), []byte{1, status}, make([]byte, 7))
	return instruction(payer, data, entity("link", link), entity("contributor", 3), globalState)
}

func deleteLink(payer solana.PublicKey, link, sideA, sideZ uint64) solana.Instruction {
	return writingGlobalState(instruction(payer, []byte{34, 1}, entity("link", link), entity("contributor", 3), globalState,
		entity("device", sideA), entity("device", sideZ), tunnelBlock, linkIDs, payer))
}

func updateDeviceStatus(payer solana.PublicKey, device uint64, status byte) solana.Instruction {
	data := join([]byte{23}, make([]byte, 9), []byte{1, status}, make([]byte, 16))
	return instruction(payer, data, entity("device", device), entity("contributor", 3), globalState)
}

func deleteInterface(payer solana.PublicKey, device uint64, name string) solana.Instruction {
	return instruction(payer, join([]byte{74}, text(name), []byte{1}), entity("device", device), entity("contributor", 3),
		globalState, tunnelBlock, segmentIDs)
}

func deleteDevice(payer solana.PublicKey, device uint64) solana.Instruction {
	return writingGlobalState(instruction(payer, []byte{26, 2}, entity("device", device), entity("contributor", 3), globalState,
		entity("location", 1), entity("exchange", 2), ofDevice("tunnelids", device), ofDevice("dzprefixblock", device),
		payer, payer, payer))
}

// The address of a lookup table, and the instructions that create it with these addresses. slot: a recent one.
func makeLookupTable(payer solana.PublicKey, slot uint64, addresses []solana.PublicKey) (solana.PublicKey, []solana.Instruction) {
	tables := solana.MustPublicKeyFromBase58("AddressLookupTab1e1111111111111111111111111")
	table, bump, err := solana.FindProgramAddress([][]byte{payer.Bytes(), u64(slot)}, tables)
	if err != nil {
		panic(err)
	}
	metas := solana.AccountMetaSlice{solana.NewAccountMeta(table, true, false), solana.NewAccountMeta(payer, false, true),
		solana.NewAccountMeta(payer, true, true), solana.NewAccountMeta(solana.SystemProgramID, false, false)}
	keys := join(u32(2), u64(uint64(len(addresses))))
	for _, address := range addresses {
		keys = append(keys, address.Bytes()...)
	}
	return table, []solana.Instruction{
		solana.NewInstruction(tables, metas, join(u32(0), u64(slot), []byte{bump})),
		solana.NewInstruction(tables, metas, keys),
	}
}

type linkRecord struct {
	tunnelID                uint16
	tunnelNet               string
	status, health, desired byte
}

func decodeLink(data []byte) linkRecord {
	at := 151
	for _, skip := range []int{32, 0, 8} { // contributor after the code; delay override after the second interface's name
		at += 4 + int(binary.LittleEndian.Uint32(data[at:])) + skip
	}
	return linkRecord{
		tunnelID:  binary.LittleEndian.Uint16(data[143:]),
		tunnelNet: fmt.Sprintf("%d.%d.%d.%d/%d", data[145], data[146], data[147], data[148], data[149]),
		status:    data[150], health: data[at], desired: data[at+1],
	}
}
