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
)
