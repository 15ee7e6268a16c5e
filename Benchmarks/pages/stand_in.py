"""stand_in.py DATABASE PORT: four pages as the predecessor serves them, to be measured: the same rows by the same
queries from the same database, a connection for each request, Flask's own server. The pages around the rows are ours.
"""

import datetime
import os
import sqlite3
import sys

from flask import Flask, jsonify, render_template, request

DATABASE, PORT = sys.argv[1], int(sys.argv[2])
app = Flask(__name__, template_folder=os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates"))


def select(query, parameters=()):
    with sqlite3.connect(DATABASE) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query, parameters).fetchall()]


# Parameter, what it restricts.
FILTERS = {
    "token_id": "u.token_id LIKE ?",
    "user_name": "u.user_name LIKE ?",
    "name": "u.name LIKE ?",
    "email_address": "u.email_address LIKE ?",
    "start_date": "date(ul.timestamp) >= date(?)",
    "end_date": "date(ul.timestamp) <= date(?)",
    "start_time": "time(ul.timestamp) >= time(?)",
    "end_time": "time(ul.timestamp) <= time(?)",
}


@app.get("/transactions")
def transactions():
    filters = {name: request.args.get(name) or "" for name in FILTERS}
    query = (
        "SELECT ul.id, ul.timestamp, u.token_id, u.user_name, u.name, u.email_address"
        " FROM usage_log ul JOIN users u ON ul.token_id = u.token_id WHERE 1=1")
    parameters = []
    for name, value in filters.items():
        if value:
            query += " AND " + FILTERS[name]
            parameters.append(f"%{value}%" if "LIKE" in FILTERS[name] else value)
    query += " ORDER BY ul.timestamp DESC LIMIT 500"
    return render_template("transactions.html", usages=select(query, parameters), filters=filters)


@app.get("/leaderboard")
def leaderboard():
    period, date = request.args.get("period", "30days"), request.args.get("date", "")
    today = datetime.datetime.now()
    if period == "custom" and date:
        days, begin, end = 1, date, date
    else:
        period, days = ("7days", 7) if period == "7days" else ("30days", 30)
        begin, end = f"{today - datetime.timedelta(days=days - 1):%Y-%m-%d}", f"{today:%Y-%m-%d}"
    ranks = select(
        "SELECT u.token_id, u.user_name, u.name, COUNT(ul.id) AS coffees, CAST(COUNT(ul.id) AS FLOAT) / ? AS a_day"
        " FROM users u JOIN usage_log ul ON u.token_id = ul.token_id"
        " WHERE date(ul.timestamp) >= date(?) AND date(ul.timestamp) <= date(?)"
        " GROUP BY u.token_id ORDER BY coffees DESC, u.name ASC", (days, begin, end))
    return render_template("leaderboard.html", ranks=ranks, period=period, date=date, begin=begin, end=end)


@app.get("/invoicing")
def invoicing():
    users = select(
        "SELECT u.token_id, u.user_name, u.name, u.email_address, (SELECT COUNT(*) FROM usage_log ul"
        " LEFT JOIN invoice_items ii ON ii.usage_id = ul.id WHERE ii.id IS NULL AND ul.token_id = u.token_id"
        ") AS uninvoiced FROM users u ORDER BY uninvoiced DESC, u.created_at DESC")
    invoices = select(
        "SELECT i.*, u.name, u.user_name, u.email_address FROM invoices i JOIN users u ON i.token_id = u.token_id"
        " ORDER BY i.created_at DESC")
    batches = select("SELECT * FROM batch_invoices ORDER BY batch_date DESC")
    return render_template("invoicing.html", users=users, invoices=invoices, batches=batches)


@app.get("/api/admin/users")
def users():
    return jsonify(
        select(
            "SELECT token_id, user_name, name, email_address, phone_number, barred, active, created_at"
            " FROM users ORDER BY created_at DESC"))


app.run(host="127.0.0.1", port=PORT)
