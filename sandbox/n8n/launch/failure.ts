/** A failure whose message is all that the user needs to see. */
export class LaunchFailure extends Error {}
