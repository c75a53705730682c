//go:build !linux

package webdriver

import (
	"os"
	"syscall"
)

func attributes() *syscall.SysProcAttr { return nil }

// kill ends chromedriver. The browser follows, because their pipe breaks.
func kill(p *os.Process) { _ = p.Kill() }
