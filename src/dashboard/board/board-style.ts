/**
 * Takes away what bull-board shows and AMQP has not: nothing else tells it that there is no such thing. Its
 * classes have a word of their own and a hash, of which the word is used here.
 */
export const BOARD_STYLE = `
/* When a message came is not noted, nor how long it took from then on. */
[class^='timeline-'] > li:first-child,
[class^='timeline-'] > li > small:has(+ small) { display: none }
[class*='sideInfo']:not(:has(li + li)) { display: none }
/* A message is not changed, and its delay is not either. */
[class^='jobActions-'] > li:has(.lucide-pencil),
[class^='jobActions-'] > li:has(.lucide-clock) { display: none }
/* Names are what they are: /shop is not /SHOP. */
#bull-board-sidebar [class*='groupHeader-'] { text-transform: none }
/* States that no message is in. */
[class^='statusTabs-'] > li:has(> a:is(
  [href*='status=waiting-children'],
  [href*='status=prioritized'],
  [href*='status=completed'],
  [href*='status=paused']
)) { display: none }
`
