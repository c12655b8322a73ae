package prove

import "github.com/ilpomo/opencore/lang/diag"

// The codes of what is proved. Each has a page with an example in
// lang/diag/pages.
const (
	codeDeadlock diag.Code = "OC330" // requests and full queues that can wait in a circle
	codeFullRing diag.Code = "OC331" // warning: full queues alone that can
	codeNobody   diag.Code = "OC332" // warning: messages that no wire of a port takes
	codeShadowed diag.Code = "OC333" // warning: a wire that others leave nothing for
	codeSame     diag.Code = "OC334" // warning: a filter that is never or always true
	codeLoss     diag.Code = "OC335" // at_least_once behind what dies with its process
	codeDrops    diag.Code = "OC336" // warning: at_least_once on a queue that drops
	codeSilent   diag.Code = "OC337" // at_least_once to a program that acknowledges nothing

	codeNoRetry   diag.Code = "OC340" // warning: retries that can't happen
	codeEndlessly diag.Code = "OC341" // warning: restarts that never use up their budget
	codeNoBudget  diag.Code = "OC342" // warning: restarts with nothing to spend
	codeHalf      diag.Code = "OC343" // warning: a pair of which one end begins anew

	codePrinted diag.Code = "OC345" // a secret that would be printed
	codeWritten diag.Code = "OC346" // a secret that a setting gives
	codeOpenly  diag.Code = "OC347" // warning: a secret that is none elsewhere

	codeMisfit    diag.Code = "OC350" // one address for sockets that no socket can be
	codeOwn       diag.Code = "OC351" // warning: an address elsewhere that this program binds
	codeDivided   diag.Code = "OC352" // warning: one foreign socket that several wires would have all of
	codeRepeated  diag.Code = "OC353" // warning: replicas that all do the same
	codeIdle      diag.Code = "OC354" // warning: fewer keys than replicas
	codeSwallowed diag.Code = "OC355" // warning: topics that begin with another one
	codeWhole     diag.Code = "OC356" // replicas that would each use a whole file
	codeReplaced  diag.Code = "OC357" // warning: a file that is replaced before it is read

	codeExcluded diag.Code = "OC360" // warning: a filter that those before it leave nothing for
	codeRound    diag.Code = "OC361" // warning: messages that go round for ever
	codeWaits    diag.Code = "OC362" // warning: a program that waits for an end that doesn't come
)
