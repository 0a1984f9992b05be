# Answers every request with "NAME ADDRESS": its own name, and the client's address as it sees it, or as a proxy tells it.
# Usage: perl server.pl NAME PORT
use strict;
use warnings;
use IO::Socket::IP;
my ($name, $port) = @ARGV;
$SIG{PIPE} = 'IGNORE';
$SIG{CHLD} = 'IGNORE';
my $listener = IO::Socket::IP->new(LocalHost => '::', LocalPort => $port, V6Only => 0, Listen => 512, ReuseAddr => 1)
    or die "cannot listen on $port: $@\n";
$| = 1;
print "ready\n";
while (1) {
    my $client = $listener->accept or next;
    # A client that says nothing holds up nobody else.
    my $pid = fork;
    next if $pid;
    my $from = $client->peerhost // '';
    $from =~ s/^::ffff://i;
    $client->timeout(2);
    while (my $line = <$client>) {
        $from = $1 if $line =~ /^x-forwarded-for: *([0-9a-f.:]+)/i;
        last if $line =~ /^\r?\n$/;
    }
    my $body = "$name $from\n";
    print $client "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body";
    close $client;
    exit if defined $pid;
}
