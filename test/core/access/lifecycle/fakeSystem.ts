import type { Account, Grant } from '../../../../core/model/grant';
import type { AccessSnapshot, AccessSystem, RightOfAccount } from '../../../../core/ports/accessSystem';
import { ConflictError, PermissionError, UnavailableError } from '../../../../core/ports/errors';

export type Mood = 'well' | 'away' | 'cut' | 'refuses' | 'lies';

/** A system in memory that fails in the ways that real ones do: a peer to decide against, never one to learn how they answer. */
export class MemorySystem implements AccessSystem {
	readonly system = 'memory';
	readonly accounts = new Map<string, Account>();
	readonly held = new Map<string, Set<string>>();
	mood: Mood = 'well';
	complete = true;
	/** calls that revoked what was not there */
	empty = 0;
	revocations: string[] = [];

	constructor(
		people: string[],
		private readonly rights: string[],
	) {
		for (const login of people) {
			this.accounts.set(login, { key: login, login, active: true });
			this.held.set(login, new Set());
		}
	}

	accessCapabilities() {
		return { writes: true, deactivates: true, tellsUse: false };
	}

	async grants(): Promise<AccessSnapshot> {
		return {
			system: this.system,
			takenAt: new Date(0).toISOString(),
			complete: this.complete,
			accounts: [...this.accounts.values()].map((one) => ({ ...one })),
			rights: this.rights.map((key) => ({ key, name: key, administrator: false })),
			grants: [...this.held].flatMap(([account, rights]) =>
				[...rights].map((right): Grant => ({ system: this.system, account, right, why: 'unknown' })),
			),
		};
	}

	async grant({ account, right }: RightOfAccount): Promise<void> {
		this.fail(() => this.held.get(account)?.add(right));
	}

	async revoke({ account, right }: RightOfAccount): Promise<void> {
		if (this.held.get(account)?.has(right) !== true) this.empty += 1;
		this.fail(() => {
			this.held.get(account)?.delete(right);
			this.revocations.push(`${account} ${right}`);
		});
	}

	async deactivate(account: string): Promise<void> {
		this.fail(() => {
			const one = this.accounts.get(account);
			if (one !== undefined) one.active = false;
		});
	}

	private fail(work: () => void): void {
		const about = { system: this.system };
		if (this.mood === 'away') throw new UnavailableError('memory is away.', about);
		if (this.mood === 'refuses') throw new PermissionError('memory refused.', about);
		if (this.mood === 'lies') throw new ConflictError('memory said "ok" and did nothing.', about);
		work();
		if (this.mood === 'cut') throw new UnavailableError('memory cut the line.', about);
	}
}
