// The two constant sizes around every payload.

/** The octets before a payload: type, channel, payload size. */
export const FRAME_HEADER_SIZE = 7

/** What a frame costs beside its payload: its header and the end octet. */
export const FRAME_OVERHEAD = 8
