// node bench/floor/main.ts PORT FILE flushed|written

import { createServer } from 'node:net'
import { Floor } from './floor.ts'
import { TurnLog } from './turn-log.ts'

const [port, file, confirmed] = process.argv.slice(2)
const floor = new Floor(new TurnLog(file as string, confirmed === 'flushed'))
createServer((socket) => floor.accept(socket)).listen(Number(port), '127.0.0.1')
