# A resolver outside of the cluster: example.com and what is below it is at 192.0.2.7, nothing else exists.
# Usage: perl outside-dns.pl ADDRESS
use strict;
use warnings;
use IO::Socket::IP;
my ($address) = @ARGV;
my $socket = IO::Socket::IP->new(LocalHost => $address, LocalPort => 53, Proto => 'udp')
    or die "cannot listen on $address: $@\n";
$| = 1;
print "ready\n";
while (1) {
    my $client = $socket->recv(my $query, 512) // next;
    next if length($query) < 17;
    my ($id, $flags, $questions) = unpack 'n3', $query;
    next if $flags & 0x8000 || $questions != 1;
    my ($at, @labels) = (12);
    while ($at < length($query) && (my $length = ord substr $query, $at, 1)) {
        push @labels, lc substr $query, $at + 1, $length;
        $at += $length + 1;
    }
    my $question = substr $query, 12, $at + 5 - 12;
    my $type = unpack 'n', substr $query, $at + 1, 2;
    my $known = join('.', @labels) =~ /(^|\.)example\.com$/;
    my $answer = $known && $type == 1 ? pack 'n n n N n C4', 0xc00c, 1, 1, 60, 4, 192, 0, 2, 7 : '';
    my $reply = pack 'n6', $id, 0x8180 | ($known ? 0 : 3), 1, $answer ? 1 : 0, 0, 0;
    $socket->send($reply . $question . $answer, 0, $client);
}
