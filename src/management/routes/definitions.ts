import { found, NO_CONTENT } from '../answer.ts'
import { exportedDefinitions, exportedVhost } from '../definitions/export.ts'
import { importDefinitions } from '../definitions/import.ts'
import { type Route, routes } from '../route.ts'

export const DEFINITIONS: readonly Route[] = routes('administrator', {
  'GET /definitions': ({ broker }) => found(exportedDefinitions(broker)),
  'POST /definitions': async ({ broker, body }) => {
    await importDefinitions(broker.administration, body)
    return NO_CONTENT
  },
  'GET /definitions/:vhost': ({ broker, vhost }) => found(exportedVhost(broker, vhost)),
  'POST /definitions/:vhost': async ({ broker, body, vhost }) => {
    await importDefinitions(broker.administration, body, vhost.name)
    return NO_CONTENT
  },
})
