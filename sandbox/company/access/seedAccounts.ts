import type { Hr } from '../hr/hr';
import { moved } from '../hr/people';
import type { ErpAccounts } from './accounts';
import { administratorRight, rightsOfPosts } from './rights';

const day = 86_400_000;

/**
 * An account with the rights of the post for everyone who has a login. With `mistakes` also what years without review leave: super
 * administrators, rights of earlier posts, accounts of people who left and of nobody, rights that nobody uses.
 */
export function seedAccounts(
	accounts: ErpAccounts,
	hr: Hr,
	{ mistakes }: { mistakes: boolean },
	now = Date.now(),
): void {
	const ago = (days: number) => new Date(now - days * day).toISOString();
	const people = hr.employees.list({ limit: 1_000 }).flatMap(({ body, status }) => {
		const { login } = body;
		return login === undefined ? [] : [{ ...body, login, hasLeft: status === 'left' }];
	});
	accounts.import(() => {
		for (const [index, { number, name, login, email, position = '', hasLeft }] of people.entries()) {
			if (hasLeft && !mistakes) continue;
			accounts.open({ login, name, employee: number, ...(email === undefined ? {} : { email }) });
			for (const right of rightsOfPosts[position] ?? [])
				accounts.give(login, right, {
					grantedBy: 'HR onboarding',
					since: ago(400),
					lastUsedAt: ago(1 + (index % 9)),
				});
			if (!mistakes) continue;
			const earlier = moved.find((one) => one.number === number)?.from.position;
			for (const right of rightsOfPosts[earlier ?? ''] ?? [])
				accounts.give(login, right, { grantedBy: 'HR onboarding', since: ago(900), lastUsedAt: ago(300) });
			if (!position.startsWith('SAL-REP'))
				accounts.give(login, administratorRight, {
					grantedBy: 'old.admin',
					since: ago(700 - index),
					lastUsedAt: ago(index * 6),
				});
		}
		if (!mistakes) return;
		for (const [login, name] of [
			['wms.interface', 'Interface to the warehouse'],
			['consultant.2019', 'Consultant, introduction project'],
		] as const) {
			accounts.open({ login, name });
			accounts.give(login, administratorRight, { grantedBy: 'old.admin', since: ago(1_500) });
		}
	});
}
