import type { Program } from '../client/global-options.ts'

export function define(program: Program): void {
  program.command('bench').description('Measure a broker.')
}
