// Writes src/generated from spec/amqp-0-9-1.json:
//
//     npx tsx protocol/codegen/generate.ts            write what has changed
//     npx tsx protocol/codegen/generate.ts --check    write nothing, exit 1 when something would

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { GENERATED_FOLDER, generatedFiles } from './generated-files.ts'

const check = process.argv.includes('--check')
mkdirSync(GENERATED_FOLDER, { recursive: true })
for (const [name, text] of generatedFiles()) {
  const path = new URL(name, GENERATED_FOLDER)
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
  if (check) {
    console.error(`src/generated/${name} is out of date: run npx tsx protocol/codegen/generate.ts`)
    process.exitCode = 1
  } else {
    writeFileSync(path, text)
    console.log(`wrote src/generated/${name}`)
  }
}
