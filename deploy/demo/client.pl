# Asks a server over and over, each time on a new connection, and prints a line for each answer: its body, or "failed: WHY".
# Usage: perl client.pl HOST PORT (--count N | --seconds S | --forever MILLISECONDS between)
use strict;
use warnings;
use IO::Socket::IP;
use POSIX ();
my ($host, $port, $mode, $limit) = @ARGV;
$| = 1;
my $ticks = POSIX::sysconf(POSIX::_SC_CLK_TCK());

# Seconds since some point in the past. perl-base has no finer clock.
sub now { (POSIX::times())[0] / $ticks }

sub pause { select(undef, undef, undef, $_[0]) }

sub ask {
    my $socket = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Timeout => 1) or return "failed: $@";
    print $socket "GET / HTTP/1.0\r\nHost: demo\r\n\r\n";
    my ($answer, $deadline) = ('', now() + 1);
    while (1) {
        my $ready = '';
        vec($ready, fileno($socket), 1) = 1;
        my $left = $deadline - now();
        return 'failed: no answer within 1 s' if $left <= 0 || !select($ready, undef, undef, $left);
        my $read = sysread($socket, $answer, 4096, length $answer);
        return "failed: $!" unless defined $read;
        last if $read == 0;
    }
    return $answer =~ /\r\n\r\n(.*)\n/ ? $1 : 'failed: half an answer';
}

my $start = now();
if ($mode eq '--count') {
    print ask(), "\n" for 1 .. $limit;
} elsif ($mode eq '--seconds') {
    while (now() - $start < $limit) {
        print ask(), "\n";
        pause(0.005);
    }
} else {
    while (1) {
        print ask(), "\n";
        pause($limit / 1000);
    }
}
