package cli

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ilpomo/opencore/internal/reference"
	"github.com/ilpomo/opencore/lang/diag"
	"github.com/ilpomo/opencore/stdlib"
)

const docHelp = `Doc prints the reference of actors, made of their declarations and of the
comments above them that begin with ///.

Doc alone lists the packages of the standard library and the programs in this
folder, with what they declare. Doc NAME tells all about one declaration: a
standard actor such as file.Lines, or one of a program in this folder. A
package or a FILE stands for all that it declares, and "standard" for the whole
standard library. A program may have errors: what can be read is in its
reference.`

const docExamples = `  opencore doc
  opencore doc file.Lines
  opencore doc Tally
  opencore doc quakes.actors --markdown >REFERENCE.md`

func (c *command) docVerb() *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:               "doc [NAME | FILE]",
		Short:             "print the reference of standard and own actors",
		Long:              docHelp,
		Example:           docExamples,
		Args:              atMost(1),
		ValidArgsFunction: completeDoc,
		RunE: func(_ *cobra.Command, args []string) error {
			page, err := docPage(args)
			if err != nil {
				return err
			}
			return c.printPage(page, markdown)
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print it as Markdown")
	return cmd
}

// printPage writes a page to stdout, as wide as the terminal but no wider than
// is good to read.
func (c *command) printPage(page reference.Page, markdown bool) error {
	var err error
	if markdown {
		err = page.Markdown(c.out)
	} else {
		err = page.Text(c.out, columns(c.out), colored(c.out))
	}
	if err != nil {
		return failure{err}
	}
	return nil
}

// columns tells how wide text to f may be.
func columns(f *os.File) int {
	const most, least = 80, 30
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil { // it is no terminal
		return most
	}
	return min(max(width, least), most)
}

// wholeLibrary is the name of all standard packages at once.
const wholeLibrary = "standard"

// docPage finds what the arguments of doc mean: a package or a name of the
// standard library, a program, or a name that a program in this folder
// declares.
func docPage(args []string) (reference.Page, error) {
	if len(args) == 0 {
		own, err := ownSources()
		return reference.List(append(standardSources(), own...)), err
	}
	arg := args[0]
	standard := standardName(arg)
	_, err := os.Stat(arg)
	switch {
	case err == nil || strings.HasSuffix(arg, extension) && standard == "":
		return programPage(arg)
	case arg == wholeLibrary:
		return reference.Whole(standardSources()...), nil
	case standard != "":
		return standardPage(standard)
	default:
		return ownPage(arg)
	}
}

func programPage(arg string) (reference.Page, error) {
	file, err := programFile(arg)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, failure{err}
	}
	return reference.Whole(reference.Program(file, text)), nil
}

// ownPage tells of what is called name in the programs of this folder, all of
// them: several may have a graph main.
func ownPage(name string) (reference.Page, error) {
	own, err := ownSources()
	if err != nil {
		return nil, err
	}
	var page reference.Page
	var names []string
	for _, s := range own {
		found, _ := s.One(name)
		page = append(page, found...)
		names = append(names, s.Names()...)
	}
	if page == nil {
		names = append(append(names, standardPackages()...), wholeLibrary)
		return nil, fmt.Errorf("nothing is called %q in the standard library or in a program in this folder%s",
			name, didYouMean(name, names, `; "opencore doc" lists what there is`))
	}
	return page, nil
}

// ownSources reads the programs of the current folder.
func ownSources() ([]*reference.Source, error) {
	files, err := programsIn(".")
	if err != nil {
		return nil, failure{err}
	}
	var list []*reference.Source
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, failure{err}
		}
		list = append(list, reference.Program(file, text))
	}
	return list, nil
}

func standardSources() []*reference.Source {
	var list []*reference.Source
	for _, pack := range standardPackages() {
		src, _ := standardSource(pack)
		list = append(list, src)
	}
	return list
}

// standardPage tells of a name of the standard library, as in "file.Lines", or
// of all of a package.
func standardPage(arg string) (reference.Page, error) {
	pack, name, one := strings.Cut(arg, ".")
	src, ok := standardSource(pack)
	if !ok {
		return nil, fmt.Errorf("there is no package %q in the standard library%s", pack, didYouMean(pack, standardPackages(), "; it has "+strings.Join(standardPackages(), ", ")))
	}
	if !one {
		return reference.Whole(src), nil
	}
	if page, ok := src.One(arg); ok {
		return page, nil
	}
	var names []string
	for _, n := range src.Names() {
		names = append(names, strings.TrimPrefix(n, pack+"."))
	}
	meant := "; " + pack + " has " + strings.Join(names, ", ")
	if near := diag.DidYouMean(name, names); near != "" {
		meant = fmt.Sprintf("; did you mean %q?", pack+"."+near)
	}
	return nil, fmt.Errorf("there is no %q in the standard library%s", arg, meant)
}

var standardForm = regexp.MustCompile(`^([a-z]+)(\.[A-Z][A-Za-z]*)?$`)

// standardName gives the name that arg means in the standard library, as in
// "file.Lines", "file" or "stdlib/file.actors", which notes speak of; "" if it
// means something else. What is there as a file or folder is meant itself.
func standardName(arg string) string {
	if _, err := os.Stat(arg); err == nil {
		return ""
	}
	if pack, ok := strings.CutPrefix(arg, "stdlib/"); ok {
		return strings.TrimSuffix(pack, extension)
	}
	parts := standardForm.FindStringSubmatch(arg)
	if parts == nil {
		return ""
	}
	if _, known := standardSource(parts[1]); !known && parts[2] == "" {
		return ""
	}
	return arg
}

// standardNames gives the names of a package of the standard library, as
// programs write them; none if there is no such package.
func standardNames(pack string) []string {
	if src, ok := standardSource(pack); ok {
		return src.Names()
	}
	return nil
}

func standardSource(pack string) (*reference.Source, bool) {
	text, err := stdlib.Sources.ReadFile(pack + extension)
	if err != nil {
		return nil, false
	}
	return reference.Package(pack, text), true
}

func standardPackages() []string {
	entries, err := stdlib.Sources.ReadDir(".")
	if err != nil {
		panic(fmt.Sprintf("bug: the embedded library has no folder: %v", err))
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), extension))
	}
	return names
}

// completeDoc offers packages and what this folder's programs declare to the
// shell, the names of a package once that has been begun, and programs.
func completeDoc(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	pack, _, _ := strings.Cut(begun, ".")
	names := standardNames(pack)
	if len(names) == 0 {
		names = append(standardPackages(), wholeLibrary)
	}
	own, _ := ownSources() // without them there is still the library
	for _, s := range own {
		names = append(names, s.Names()...)
	}
	files, _ := programsIn(".")
	names = slices.DeleteFunc(append(names, files...), func(n string) bool { return !strings.HasPrefix(n, begun) })
	slices.Sort(names)
	return slices.Compact(names), cobra.ShellCompDirectiveNoFileComp
}
