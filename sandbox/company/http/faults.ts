import { z } from 'zod/v4';

/** How a service can be made to misbehave, so that what connects to it can be tested. */
export const FaultPlan = z.object({
	fault: z.enum([
		/** 401 */
		'unauthorized',
		/** 403 */
		'forbidden',
		/** 409 */
		'conflict',
		/** 429 with Retry-After */
		'rate-limit',
		/** 500 */
		'error',
		/** takes the request and never answers */
		'hang',
		/** cuts the connection before any work */
		'cut-before',
		/** does the work, then cuts the connection instead of answering */
		'cut-after',
		/** works and answers, `delayMs` late */
		'delay',
	]),
	/** how many requests it hits; until reset or `forMs` without it */
	requests: z.number().int().positive().optional(),
	/** how long it lasts */
	forMs: z.number().positive().max(3_600_000).optional(),
	delayMs: z.number().nonnegative().max(600_000).default(1_000),
	retryAfterSeconds: z.number().nonnegative().default(1),
	/** only paths that begin so */
	path: z.string().default('/api'),
	method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
});
export type FaultPlan = z.infer<typeof FaultPlan>;

/** One fault at a time: until it is ended, for a number of hits, or for a while. */
export class FaultSwitch<Plan extends { requests?: number | undefined; forMs?: number | undefined }> {
	private plan?: Plan;
	private left = Infinity;
	private until = Infinity;
	private hits = 0;

	set(plan: Plan): void {
		this.plan = plan;
		this.left = plan.requests ?? Infinity;
		this.until = plan.forMs === undefined ? Infinity : performance.now() + plan.forMs;
		this.hits = 0;
	}

	reset(): void {
		this.plan = undefined;
	}

	state(): { active: Plan | null; hits: number } {
		this.expire();
		return { active: this.plan ?? null, hits: this.hits };
	}

	/** The fault, when there is one that fits; it counts as a hit. */
	take(fits: (plan: Plan) => boolean): Plan | undefined {
		this.expire();
		const { plan } = this;
		if (!plan || !fits(plan)) return undefined;
		this.left -= 1;
		this.hits += 1;
		return plan;
	}

	private expire(): void {
		if (this.left <= 0 || performance.now() >= this.until) this.plan = undefined;
	}
}

export class Faults extends FaultSwitch<FaultPlan> {
	/** The fault that this request meets. */
	meet(method: string, path: string): FaultPlan | undefined {
		return this.take(
			(plan) => path.startsWith(plan.path) && (plan.method === undefined || plan.method === method),
		);
	}
}
