import { z } from 'zod/v4';

import { limitOf } from '../http/callTerms';
import { ServiceError, type Route } from '../http/service';
import type { ErpAccounts } from './accounts';
import { erpRights } from './rights';

const Given = z.object({
	right: z.string().min(1).max(200),
	grantedBy: z.string().min(1).max(200).default('API'),
});

/** The ERP's accounts over HTTP. */
export function accountRoutes(accounts: ErpAccounts): Route[] {
	return [
		{
			method: 'GET',
			path: '/api/rights',
			handle: () => ({
				rights: erpRights.map(({ code, name, administrator = false }) => ({ code, name, administrator })),
			}),
		},
		{
			method: 'GET',
			path: '/api/accounts',
			handle: ({ query }) => ({ accounts: accounts.list(query.get('after') ?? '', limitOf(query) ?? 200) }),
		},
		{
			method: 'GET',
			path: '/api/accounts/:login',
			handle: ({ parameters: { login = '' } }) => {
				const account = accounts.account(login);
				if (account) return account;
				throw new ServiceError(404, 'no_such_account', `There is no account "${login}".`);
			},
		},
		{ method: 'POST', path: '/api/accounts', handle: ({ body }) => accounts.open(body) },
		{
			method: 'POST',
			path: '/api/accounts/:login/rights',
			handle: ({ parameters: { login = '' }, body }) => {
				const { right, grantedBy } = Given.parse(body);
				return accounts.give(login, right, { grantedBy });
			},
		},
		{
			method: 'DELETE',
			path: '/api/accounts/:login/rights/:right',
			handle: ({ parameters: { login = '', right = '' } }) => accounts.take(login, right),
		},
		{
			method: 'POST',
			path: '/api/accounts/:login/deactivate',
			handle: ({ parameters: { login = '' } }) => accounts.setActive(login, false),
		},
		{
			method: 'POST',
			path: '/api/accounts/:login/activate',
			handle: ({ parameters: { login = '' } }) => accounts.setActive(login, true),
		},
	];
}

/** The same routes for whoever acts on behalf of an account, named in `X-On-Behalf-Of`: as that account may, and no further. */
export function guarded(routes: Route[], accounts: ErpAccounts): Route[] {
	return routes.map((route) => ({
		...route,
		handle: (call) => {
			const login = call.headers['x-on-behalf-of'];
			if (typeof login === 'string') accounts.admit(login, route.method, route.path);
			return route.handle(call);
		},
	}));
}
