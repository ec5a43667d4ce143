using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using MMOrleans.Client.Output;

namespace MMOrleans.Client.Data;

/// <summary>Brings one file over HTTP: what arrived stays in <c>NAME.part</c>, and the next try goes on from there.</summary>
/// <param name="http">Follows redirects; its timeout is for the first answer.</param>
/// <param name="progress">Told bytes so far and bytes in all (null when the server does not say).</param>
internal sealed class Download(HttpClient http, Action<long, long?> progress)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that came over the network.</summary>
    public long Received { get; private set; }

    /// <summary>Fetches until the file is whole and has the checksum, then gives it its name.</summary>
    /// <param name="mirrors">Tried in order.</param>
    /// <param name="md5">Lower-case hexadecimal.</param>
    /// <param name="target">The file; <c>.part</c> is added until it is whole.</param>
    /// <param name="cancellationToken">Leaves what arrived.</param>
    /// <exception cref="FaultException">MM2003 no mirror gave it whole; MM2002 it is whole and something else; MM5003 the disk.</exception>
    public async Task FetchAsync(
        IReadOnlyList<Uri> mirrors,
        string md5,
        string target,
        CancellationToken cancellationToken
    )
    {
        var part = target + ".part";
        List<string> reasons = [];
        foreach (var mirror in mirrors)
        {
            if (await TryAsync(mirror, part, cancellationToken) is { } broken)
            {
                reasons.Add($"{mirror.Host}: {broken}");
                continue;
            }

            var found = Md5(part);
            if (found == md5)
            {
                File.Move(part, target, overwrite: true);
                return;
            }

            var size = new FileInfo(part).Length;
            File.Delete(part); // going on from it would only give the same again
            throw new FaultException(
                "MM2002",
                $"{Path.GetFileName(target)} from {mirror.Host}: MD5 expected {md5}, got {found}, size {size:N0} bytes: it is not the published file",
                "run the same command again; if it stays so, use another --mirror"
            );
        }

        var arrived = File.Exists(part) ? new FileInfo(part).Length : 0;
        throw new FaultException(
            "MM2003",
            $"{Path.GetFileName(target)} stopped at {Figures.Bytes(arrived)}{(_total is { } all ? $" of {Figures.Bytes(all)}" : "")}: {string.Join("; ", reasons)}",
            "run the same command again; it goes on where it stopped"
        );
    }

    private long? _total;

    /// <returns>Null when the file is whole, else why it is not.</returns>
    private async Task<string?> TryAsync(Uri mirror, string part, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var have = File.Exists(part) ? new FileInfo(part).Length : 0;
            using var request = new HttpRequestMessage(HttpMethod.Get, mirror);
            if (have > 0)
                request.Headers.Range = new RangeHeaderValue(have, null);
            silence.CancelAfter(Silence);
            using var response = await http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                silence.Token
            );
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                return null; // nothing is left to send: the checksum decides
            if (!response.IsSuccessStatusCode)
                return $"it answered {(int)response.StatusCode} {response.ReasonPhrase}";
            var goesOn = response.StatusCode == HttpStatusCode.PartialContent;
            if (!goesOn)
                have = 0;
            _total = have + response.Content.Headers.ContentLength;
            await using var from = await response.Content.ReadAsStreamAsync(silence.Token);
            await using var to = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create);
            var buffer = new byte[1 << 16];
            while (true)
            {
                silence.CancelAfter(Silence);
                var read = await from.ReadAsync(buffer, silence.Token);
                if (read == 0)
                    break;
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                (have, Received) = (have + read, Received + read);
                progress(have, _total);
            }

            return _total is { } total && have < total ? "the connection ended too early" : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"nothing came for {Silence.TotalSeconds:0} s";
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
        catch (HttpIOException)
        {
            return "the connection ended too early";
        }
        catch (Exception disk) when (disk is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                "MM5003",
                $"cannot write {part}: {disk.Message}",
                "free space, or choose another folder with --to DIR",
                disk
            );
        }
    }

    private static string Md5(string path)
    {
        using var file = File.OpenRead(path);
#pragma warning disable CA5351 // The authors publish MD5 and nothing else.
        return Convert.ToHexStringLower(MD5.HashData(file));
#pragma warning restore CA5351
    }
}
