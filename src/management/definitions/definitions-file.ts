import { readFile } from 'node:fs/promises'
import type { Administration } from '../../administration/administration.ts'
import { ConfigError } from '../../config/config-error.ts'
import { httpErrorOf } from '../http-error.ts'
import { JsonBody } from '../json-body.ts'
import { importDefinitions } from './import.ts'

/**
 * Takes the definitions of a file before clients come.
 *
 * @throws ConfigError for a file that cannot be read, or cannot be taken
 */
export async function importDefinitionsFile(
  administration: Administration,
  path: string,
): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new ConfigError(`cannot read the definitions: ${error.message}`)
  })
  try {
    const document = JsonBody.parse(text)
    if (document.find('rabbitmq_definition_format') === 'single_virtual_host') {
      throw new ConfigError(`the definitions in ${path} are of one virtual host: import them later`)
    }
    await importDefinitions(administration, document)
  } catch (error) {
    const reason = httpErrorOf(error)
    if (reason === undefined) throw error
    throw new ConfigError(`cannot take the definitions in ${path}: ${reason.message}`)
  }
}
