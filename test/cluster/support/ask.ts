export interface Asked {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not used.
  readonly json: any
}

/** Asks the management API of a broker, as the user that it begins with. */
export async function ask(
  { managementUrl }: { readonly managementUrl: string },
  path: string,
  method = 'GET',
  body?: object,
): Promise<Asked> {
  const response = await fetch(`${managementUrl}/api${path}`, {
    method,
    headers: { authorization: `Basic ${btoa('guest:guest')}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
}
