// Scenarios that Leveret does not pass for lack of a feature. One that passes must leave the list.

export const NOT_YET: ReadonlySet<string> = new Set<string>([])
