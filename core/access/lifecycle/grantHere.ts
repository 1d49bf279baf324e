import type { AccessSystem, RightOfAccount } from '../../ports/accessSystem';
import { ValidationError } from '../../ports/errors';
import { accessBooks, booking, forgetting } from '../../store/accessGrants';
import type { Database } from '../../store/database';
import type { Grant } from '../../model/grant';

export interface GrantOrder extends RightOfAccount {
	person?: string;
	reason: string;
	grantedBy: string;
	/** ISO 8601; absent: until further notice */
	until?: string;
}

/**
 * Gives a right and books why and until when. Booked first: whatever dies in between leaves a right that ends. A right that the post gives
 * already is refused, since the post would keep it after the end.
 */
export async function grantHere(
	database: Database,
	access: AccessSystem,
	{ account, right, until, ...order }: GrantOrder,
	now: number,
): Promise<Grant> {
	const about = { system: access.system, entity: 'account', key: account };
	if (until !== undefined && Date.parse(until) <= now)
		throw new ValidationError(
			`The end ${until} of right "${right}" for account "${account}" has passed; nothing was given.`,
			{
				...about,
				hint: 'Give an end that lies ahead.',
			},
		);
	const { grants, open } = await accessBooks(database, access.system);
	const booked = grants.find((one) => one.account === account && one.right === right);
	const leaving = open.some((one) => one.account === account && one.right === right);
	// What was refused when the post came is booked and not there.
	if (booked?.why === 'post' && !leaving && (await isHeld(access, { account, right })))
		throw new ValidationError(
			`Account "${account}" of ${access.system} has right "${right}" by its post ${booked.reason ?? ''}; nothing was changed.`,
			{
				...about,
				hint: 'Add an exception to let it keep the right after a move.',
			},
		);
	const grant: Grant = {
		system: access.system,
		account,
		right,
		why: until === undefined ? 'request' : 'timeBoxed',
		since: new Date(now).toISOString(),
		...(until === undefined ? {} : { until }),
		...order,
	};
	await database.transaction(booking([grant], now));
	try {
		await access.grant({ account, right });
	} catch (error) {
		// It may have been given all the same: then it is still in the books, and ends.
		if (error instanceof Error && !('retryable' in error && error.retryable === true))
			await database.transaction(
				booked === undefined ? [forgetting(access.system, { account, right })] : booking([booked], now),
			);
		throw error;
	}
	return grant;
}

async function isHeld(access: AccessSystem, { account, right }: RightOfAccount): Promise<boolean> {
	const { grants } = await access.grants();
	return grants.some((one) => one.account === account && one.right === right);
}

/** Takes a right at once, and out of the books. Safe to repeat. */
export async function revokeHere(
	database: Database,
	access: AccessSystem,
	{ account, right }: RightOfAccount,
): Promise<void> {
	await access.revoke({ account, right });
	await database.transaction([forgetting(access.system, { account, right })]);
}
