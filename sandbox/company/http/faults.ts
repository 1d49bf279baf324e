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

export class Faults {
	private plan?: FaultPlan;
	private left = Infinity;
	private until = Infinity;
	private hits = 0;

	set(plan: FaultPlan): void {
		this.plan = plan;
		this.left = plan.requests ?? Infinity;
		this.until = plan.forMs === undefined ? Infinity : performance.now() + plan.forMs;
		this.hits = 0;
	}

	reset(): void {
		this.plan = undefined;
	}

	state(): { active: FaultPlan | null; hits: number } {
		this.expire();
		return { active: this.plan ?? null, hits: this.hits };
	}

	/** The fault that this request meets. */
	meet(method: string, path: string): FaultPlan | undefined {
		if (!this.plan) return undefined;
		this.expire();
		const { plan } = this;
		if (!plan || !path.startsWith(plan.path) || (plan.method !== undefined && plan.method !== method)) {
			return undefined;
		}
		this.left -= 1;
		this.hits += 1;
		return plan;
	}

	private expire(): void {
		if (this.left <= 0 || performance.now() >= this.until) this.plan = undefined;
	}
}
