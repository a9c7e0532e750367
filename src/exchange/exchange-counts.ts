/** How many messages came to an exchange, and to how many queues they went from there. */
export class ExchangeCounts {
  publishedIn = 0
  publishedOut = 0
}
