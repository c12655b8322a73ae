package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/ilpomo/opencore/runtime/foreign"
)

// interpreters are programs whose first argument that is no flag is the
// program proper; the endings are those of what they run.
var interpreters = regexp.MustCompile(`^(python[0-9.]*|pypy[0-9.]*|node|ruby|perl|php|lua[0-9.]*|Rscript|julia|sh|bash|dash|zsh)$`)

// program looks for the program that is the actor.
func (n *need) program() {
	if n.process.Exec == nil {
		return
	}
	command := n.process.Exec.Command
	_, chosen := n.getenv("VIRTUAL_ENV")
	path, err := exec.LookPath(foreign.Interpreter(command[0], chosen))
	if err != nil && !errors.Is(err, exec.ErrDot) {
		n.noProgram(command[0], err)
		return
	}
	n.met("program", n.process.Place, path)
	script := scriptOf(command)
	if script != "" && !n.readable(script) {
		return
	}
	if !n.process.Exec.Lines && strings.HasPrefix(filepath.Base(command[0]), "python") {
		n.python(path, script)
	}
}

func (n *need) noProgram(name string, err error) {
	found := fmt.Sprintf("there is no program %q in PATH", name)
	help := "install it, or write its path"
	switch {
	case strings.Contains(name, " "):
		help = "each word of a command is a string of its own"
	case errors.Is(err, fs.ErrPermission):
		found, help = name+" can't be executed", "chmod +x "+name
	case strings.Contains(name, "/"):
		found, help = "there is no program "+name, "paths are relative to where you are"
	}
	n.lacks("program", n.process.Place, found, help)
}

// scriptOf gives the file that an interpreter is to run; "" if there is none
// among its arguments.
func scriptOf(command []string) string {
	if !interpreters.MatchString(filepath.Base(command[0])) {
		return ""
	}
	for _, arg := range command[1:] {
		switch {
		case arg == "-c" || arg == "-m" || arg == "-e" || arg == "-":
			return ""
		case !strings.HasPrefix(arg, "-"):
			return arg
		}
	}
	return ""
}

func (n *need) readable(script string) bool {
	f, err := os.Open(script)
	if err != nil {
		n.lacks("program", n.process.Place, fmt.Sprintf("there is no file %s to run", script), "paths are relative to where you are")
		return false
	}
	_ = f.Close() // nothing was written
	n.met("program", n.process.Place, script)
	return true
}

var importsClient = regexp.MustCompile(`(?m)^\s*(import|from) opencore\b`)

// python asks the interpreter for the packages that speaking the protocol
// takes.
func (n *need) python(interpreter, script string) {
	modules := []string{"zmq"}
	if text, err := os.ReadFile(script); err == nil && importsClient.Match(text) {
		modules = append(modules, "msgspec", "opencore")
	}
	env := n.environment()
	for _, module := range modules {
		if _, err := n.askIn(".", env, interpreter, "-c", "import "+module); err != nil {
			n.lacks("program", n.process.Place, fmt.Sprintf("%s has no package %s", interpreter, module), "install it: "+interpreter+" -m pip install "+packageOf(module))
			continue
		}
		n.met("program", n.process.Place, fmt.Sprintf("%s has %s", interpreter, module))
	}
}

// packageOf is what pip calls a module.
func packageOf(module string) string {
	switch module {
	case "zmq":
		return "pyzmq"
	case "opencore":
		return "clients/python (of opencore's repository)"
	}
	return module
}

// environment is what the program sees of ours that interpreters heed, and what
// its instance's settings add.
func (n *need) environment() []string {
	var list []string
	for _, name := range []string{"PATH", "HOME", "VIRTUAL_ENV"} {
		if value, ok := n.Getenv(name); ok {
			list = append(list, name+"="+value)
		}
	}
	for _, e := range n.process.Env {
		if value, ok := n.text(e.Value); ok {
			list = append(list, e.Name+"="+value)
		}
	}
	return list
}
