import { randomBytes } from 'node:crypto';
import type { Owner } from '../api';
import type { SandboxFolder } from './folder';

export const newSecret = (): string => randomBytes(18).toString('base64url');

/** The owner of the sandbox's n8n; on the first start with a new random password, kept in owner.json. */
export function ownerOf(folder: SandboxFolder): { newly: boolean; owner: Owner } {
	const known = folder.recall<Owner>('owner.json');
	if (known) return { newly: false, owner: known };
	const owner: Owner = {
		email: 'owner@sandbox.example',
		// n8n asks for a capital letter and a digit, which chance may not give.
		password: `${newSecret()}A1`,
		firstName: 'Sandbox',
		lastName: 'Owner',
	};
	folder.write('owner.json', owner);
	return { newly: true, owner };
}
