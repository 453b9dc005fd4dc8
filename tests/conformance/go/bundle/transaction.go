package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
)

// docs/formats/transactions.md: a transaction that names all its accounts itself.

type call struct {
	program  int
	accounts []byte
	data     []byte
}

type transaction struct {
	signers int
	keys    [][32]byte
	calls   []call
}

func readTransaction(bytes []byte) (t transaction, err error) {
	r := &reader{rest: bytes}
	var signatures [][]byte
	for i := r.compact(); i > 0 && r.err == nil; i-- {
		signatures = append(signatures, r.take(ed25519.SignatureSize))
	}
	message := r.rest
	versioned := len(message) > 0 && message[0]&0x80 != 0
	if versioned && r.u8() != 0x80 {
		return t, errors.New("expected version 0, found another")
	}
	t.signers = int(r.u8())
	r.take(2)
	for i := r.compact(); i > 0 && r.err == nil; i-- {
		t.keys = append(t.keys, r.hash())
	}
	r.hash() // recent block hash
	for i := r.compact(); i > 0 && r.err == nil; i-- {
		one := call{program: int(r.u8())}
		one.accounts = r.take(r.compact())
		one.data = r.take(r.compact())
		t.calls = append(t.calls, one)
	}
	if versioned && r.compact() != 0 {
		return t, errors.New("expected a transaction without lookup tables")
	}
	if err := r.end(); err != nil {
		return t, err
	}
	if len(signatures) != t.signers || t.signers > len(t.keys) {
		return t, errors.New("expected a signature of each signer")
	}
	for i, signature := range signatures {
		if !ed25519.Verify(t.keys[i][:], message, signature) {
			return t, fmt.Errorf("signature %d does not hold", i+1)
		}
	}
	for _, one := range t.calls {
		for _, account := range append([]byte{byte(one.program)}, one.accounts...) {
			if int(account) >= len(t.keys) {
				return t, errors.New("expected an account that is named")
			}
		}
	}
	return t, nil
}

func (t transaction) signedBy(key [32]byte) bool {
	for _, signer := range t.keys[:t.signers] {
		if signer == key {
			return true
		}
	}
	return false
}
