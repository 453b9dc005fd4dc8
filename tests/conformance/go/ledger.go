package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// A doublezero-ledger on ports of the system's choice, with a folder of its own.
type ledger struct {
	folder   string
	process  *exec.Cmd
	http, ws string
}

func startLedger(binary string) (*ledger, error) {
	folder, err := os.MkdirTemp("", "dz-conformance-")
	if err != nil {
		return nil, err
	}
	portsFile := filepath.Join(folder, "ports.json")
	process := exec.Command(binary, "--data", filepath.Join(folder, "ledger"), "--rpc-port", "0", "--ports-file", portsFile,
		"--profile", "v0.34")
	if err := process.Start(); err != nil {
		return nil, err
	}
	var ports struct{ Rpc, Ws int }
	for range 1000 {
		if content, err := os.ReadFile(portsFile); err == nil && json.Unmarshal(content, &ports) == nil {
			return &ledger{folder, process, fmt.Sprintf("http://127.0.0.1:%d", ports.Rpc), fmt.Sprintf("ws://127.0.0.1:%d", ports.Ws)}, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, fmt.Errorf("%s did not start within 10 s", binary)
}

func (l *ledger) stop() error {
	if err := l.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	defer os.RemoveAll(l.folder)
	return l.process.Wait()
}
