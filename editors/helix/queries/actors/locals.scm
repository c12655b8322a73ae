(graph) @local.scope
(actor) @local.scope

(parameter name: (identifier) @local.definition.variable.parameter)
(reference (identifier) @local.reference)
(name (identifier) @local.reference)
