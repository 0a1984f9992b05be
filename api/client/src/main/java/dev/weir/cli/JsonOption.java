package dev.weir.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import picocli.CommandLine.Option;

/** Of commands that print an answer for people to read, or as it came. */
final class JsonOption {
    private static final String JSON = "json";

    @Option(
            names = {"-o", "--output"},
            paramLabel = JSON,
            defaultValue = "",
            description = "json: all that was answered")
    private String output = "";

    /** Throws CliError for another format. */
    boolean isJson() {
        if (!output.isEmpty() && !output.equals(JSON)) {
            throw new CliError(
                    "unknown output format \"" + output + "\", allowed formats are: " + JSON);
        }
        return output.equals(JSON);
    }

    /** Ends with a line feed. */
    static String text(MessageOrBuilder answer) throws InvalidProtocolBufferException {
        return JsonFormat.printer().alwaysPrintFieldsWithNoPresence().print(answer) + "\n";
    }
}
