// The names that the sources declare, for documents that mention them. Read from the text: formatted
// code is regular enough, and private members have no other trace.

import type { SourceTree } from '../../support/tidy/source-tree.ts'

const TOP_LEVEL = /^(?:export )?(?:async )?(?:function|const|class|interface|type) (\w+)/gm
const TYPE_BODY = /^(?:export )?(?:class|interface) (\w+)[^\n]*\{\n(.*?)^\}/gms
const MEMBER =
  /^ {2}(?:(?:readonly|static|override|async|get|set) )*(#?\w+)\??(?:<\w+>)?(?=[(:;]| =)/gm

/** `name` for what stands at the top of a file, `Type.member` for what is in a class or interface. */
export function declaredNames(tree: SourceTree): Set<string> {
  const names = new Set<string>()
  for (const text of tree.values()) {
    for (const [, name = ''] of text.matchAll(TOP_LEVEL)) names.add(name)
    for (const [, type = '', body = ''] of text.matchAll(TYPE_BODY)) {
      for (const [, member = ''] of body.matchAll(MEMBER)) names.add(`${type}.${member}`)
    }
  }
  return names
}
