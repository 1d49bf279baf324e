import { z } from 'zod/v4';

import { FaultSwitch } from '../http/faults';

/** How the mail server can be made to misbehave. */
export const MailFaultPlan = z.object({
	fault: z.enum([
		/** takes the connection and never says a word */
		'hang',
		/** turns every client away with 421 (RFC 5321, 3.8) */
		'refuse',
		/** knows no such recipient: 550 while the mail is handed over */
		'reject',
		/** takes the mail, and returns it to its sender afterwards (RFC 3461) */
		'bounce',
	]),
	/** how many connections or mails it hits; until reset or `forMs` without it */
	requests: z.number().int().positive().optional(),
	/** how long it lasts */
	forMs: z.number().positive().max(3_600_000).optional(),
	/** `reject` and `bounce`: only recipients whose address contains this */
	to: z.string().default(''),
});
export type MailFaultPlan = z.infer<typeof MailFaultPlan>;

export class MailFaults extends FaultSwitch<MailFaultPlan> {
	/** What a client that connects meets. */
	connection(): MailFaultPlan | undefined {
		return this.take(({ fault }) => fault === 'hang' || fault === 'refuse');
	}

	rejects(address: string): boolean {
		return this.take(({ fault, to }) => fault === 'reject' && address.includes(to)) !== undefined;
	}

	bounces(addresses: string[]): boolean {
		const one = (to: string) => addresses.some((address) => address.includes(to));
		return this.take(({ fault, to }) => fault === 'bounce' && one(to)) !== undefined;
	}
}
