"""Work to do later: a row written in the transaction of its reason, run by a worker under a lease."""
