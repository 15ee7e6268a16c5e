"""The pages that are compared: a name, and where ours and theirs has it with the same rows."""

PAGES = {
    "Transactions": ("/transactions?rows=500", "/transactions"),
    "Leaderboard": ("/leaderboard?period=30days", "/leaderboard?period=30days"),
    "Invoicing": ("/invoicing", "/invoicing"),
    "Users": ("/api/admin/users", "/api/admin/users"),
}
